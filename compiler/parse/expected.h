#pragma once
#include <cstddef>
#include <set>
#include <string>
#include <vector>

#include "compiler/parse/walk.h"

namespace antlr4::dfa {
class Vocabulary;
}

namespace syncline::parse {

/// What could have stood where no way goes on.
struct Stuck {
  std::set<std::size_t> expected;  ///< token types
  std::vector<std::size_t> rules;  ///< the rule being read and those around it, innermost first
};

Stuck explain(Walk& walk, const Walk::Position& position);
/// Stuck::expected alone.
std::set<std::size_t> expected_at(Walk& walk, const Walk::Position& position);

/// "a `COLUMNS` list", "SYNC `shop`": the rule being read, for people. `name`: of the statement, may be empty.
std::string describe_place(const std::vector<std::size_t>& rules, const std::string& name);
/// "EXCLUDE, RENAME or ADD": what could have stood there, short.
std::string describe_expected(const std::set<std::size_t>& expected, const antlr4::dfa::Vocabulary& vocabulary);
/// The keywords among `expected`, for did-you-mean.
std::vector<std::string> keywords_of(const std::set<std::size_t>& expected, const antlr4::dfa::Vocabulary& vocabulary);
/// The first word of a clause.
bool begins_clause(std::size_t type);
/// A name may stand there.
bool expects_name(const std::set<std::size_t>& expected);

}  // namespace syncline::parse
