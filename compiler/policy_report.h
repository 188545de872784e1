#pragma once
#include <cstdint>
#include <string>
#include <vector>

/// What `explain --policy` shows: each option of a table, its effective value, and the line that set it.
namespace syncline::compiler {

struct PolicyOption {
  std::string name;   ///< "NAMING TABLE", "LIMITS page_size", "COLUMNS"
  std::string value;  ///< on one line, as a script would say it
  std::string level;  ///< "SYNC", "OVERRIDE … TABLE", "USING layer"; empty: nobody set it, this is the default
  std::string file;   ///< with `line` and `column` (from 1) of what set it; empty for a default
  std::uint32_t line = 0;
  std::uint32_t column = 0;
};

struct TablePolicy {
  std::string sync;
  std::string source;  ///< connection
  std::string target;  ///< connection
  std::string table;
  std::string pattern;                ///< of TABLES, the first that names the table
  std::vector<PolicyOption> options;  ///< in fmt's order of clauses
};

}  // namespace syncline::compiler
