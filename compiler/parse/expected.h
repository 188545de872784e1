#pragma once
#include <cstddef>
#include <set>
#include <string>
#include <vector>

namespace antlr4 {
namespace atn {
class ATN;
}
namespace dfa {
class Vocabulary;
}
}  // namespace antlr4

namespace syncline::parse {

/// Why a statement does not parse, found by walking the grammar's automaton beside its tokens: where no way goes on, and what
/// could have stood there. Exact, whatever the parser had predicted when it gave up.
struct Stuck {
  std::size_t at = 0;              ///< index of the token into `types`
  std::set<std::size_t> expected;  ///< token types
  std::vector<std::size_t> rules;  ///< the rule being read and those around it, innermost first
};

/// `types`: token types of the statement up to its `;` or further, ending with EOF.
Stuck find_stuck(const antlr4::atn::ATN& automaton, const std::vector<std::size_t>& types);

/// "a `COLUMNS` list", "SYNC `shop`": the rule being read, for people. `name`: of the statement, may be empty.
std::string describe_place(const std::vector<std::size_t>& rules, const std::string& name);
/// "EXCLUDE, RENAME or ADD": what could have stood there, short.
std::string describe_expected(const std::set<std::size_t>& expected, const antlr4::dfa::Vocabulary& vocabulary);
/// The keywords among `expected`, for did-you-mean.
std::vector<std::string> keywords_of(const std::set<std::size_t>& expected, const antlr4::dfa::Vocabulary& vocabulary);
/// A name may stand there.
bool expects_name(const std::set<std::size_t>& expected);

}  // namespace syncline::parse
