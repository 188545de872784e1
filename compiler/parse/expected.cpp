#include "compiler/parse/expected.h"

#include <antlr4-runtime.h>

#include <algorithm>
#include <map>
#include <tuple>
#include <unordered_set>

#include "SyncParser.h"
#include "compiler/parse/walk.h"

namespace syncline::parse {

namespace {

using P = grammar::SyncParser;

/// Rules that people know, and what they are called.
const std::map<std::size_t, std::string>& places() {
  static const std::map<std::size_t, std::string> known = {
      {P::RuleSetStatement, "a `SET` statement"},
      {P::RuleIncludeStatement, "an `INCLUDE` statement"},
      {P::RuleParamStatement, "PARAM"},
      {P::RuleConnectionStatement, "CONNECTION"},
      {P::RuleTypeMappingStatement, "TYPE MAPPING"},
      {P::RuleScheduleStatement, "SCHEDULE"},
      {P::RuleAlertStatement, "ALERT"},
      {P::RuleTemplateStatement, "TEMPLATE"},
      {P::RuleDefaultsStatement, "`DEFAULTS`"},
      {P::RuleSyncStatement, "SYNC"},
      {P::RuleOverrideStatement, "the OVERRIDE of"},
      {P::RuleTableList, "a `TABLES` list"},
      {P::RuleUsingClause, "a `USING` clause"},
      {P::RuleNamingClause, "a `NAMING` list"},
      {P::RuleTypeMappingClause, "a `TYPE MAPPING` clause"},
      {P::RuleColumnsClause, "a `COLUMNS` list"},
      {P::RuleKeyClause, "a `KEY` clause"},
      {P::RulePartitionClause, "a `PARTITION BY` clause"},
      {P::RuleCreateClause, "a `CREATE WITH` list"},
      {P::RuleMergeClause, "a `MERGE SHARDS` clause"},
      {P::RuleFilterClause, "a `FILTER` condition"},
      {P::RuleLoadClause, "a `LOAD` clause"},
      {P::RuleSplitClause, "a `SPLIT` clause"},
      {P::RuleNewTableClause, "an `ON NEW TABLE` clause"},
      {P::RuleDroppedTableClause, "an `ON DROPPED TABLE` clause"},
      {P::RuleColumnChangeClause, "an `ON COLUMN CHANGE` clause"},
      {P::RuleVerifyClause, "a `VERIFY` clause"},
      {P::RuleConsistentClause, "a `CONSISTENT` clause"},
      {P::RuleDeletesClause, "a `DELETES` clause"},
      {P::RuleLimitsClause, "a `LIMITS` list"},
      {P::RuleErrorsClause, "an `ERRORS` list"},
      {P::RulePriorityClause, "a `PRIORITY` clause"},
      {P::RuleHookClause, "a hook"},
      {P::RuleScheduleClause, "a `SCHEDULE` clause"},
      {P::RuleDependsClause, "a `DEPENDS ON` clause"},
      {P::RuleNotifyClause, "a `NOTIFY` clause"},
      {P::RuleOwnerClause, "an `OWNER` clause"},
      {P::RuleTypeRule, "a type rule"},
      {P::RuleFunctionCall, "a function call"},
  };
  return known;
}

std::size_t place_of(const Walk::Frame* frame) {
  for (; frame != nullptr; frame = frame->parent) {
    if (places().count(frame->rule) != 0) return frame->rule;
  }
  return P::RuleStatement;
}

const std::set<std::size_t>& operators() {
  static const std::set<std::size_t> all = {P::K_AND,   P::K_OR,          P::K_IS,  P::K_IN,  P::K_BETWEEN,  P::K_LIKE,
                                            P::EQUAL,   P::NOT_EQUAL,     P::LESS,  P::PLUS,  P::LESS_EQUAL, P::STAR,
                                            P::GREATER, P::GREATER_EQUAL, P::MINUS, P::SLASH, P::CONCAT,     P::K_NOT};
  return all;
}

const std::set<std::size_t>& clause_starts() {
  static const std::set<std::size_t> all = {
      P::K_USING,  P::K_NAMING,   P::K_TYPE,   P::K_COLUMNS, P::K_KEY,      P::K_PARTITION,  P::K_CREATE,  P::K_MERGE,
      P::K_FILTER, P::K_LOAD,     P::K_SPLIT,  P::K_ON,      P::K_VERIFY,   P::K_CONSISTENT, P::K_DELETES, P::K_LIMITS,
      P::K_ERRORS, P::K_PRIORITY, P::K_BEFORE, P::K_AFTER,   P::K_SCHEDULE, P::K_DEPENDS,    P::K_NOTIFY,  P::K_OWNER};
  return all;
}

bool has(const std::set<std::size_t>& set, std::size_t type) {
  return set.count(type) != 0;
}

}  // namespace

Stuck explain(Walk& walk, const Walk::Position& position) {
  struct Candidate {
    std::size_t weight = 0;
    std::size_t depth = 0;
    const Walk::Frame* frame = nullptr;
  };
  std::unordered_set<const Walk::Frame*> read;  // rules of which a part has been read
  for (const Walk::Config& config : position) {
    for (const Walk::Frame* at = config.frame; at != nullptr && read.insert(at).second;) at = at->parent;
  }
  Stuck stuck;
  std::map<std::size_t, Candidate> candidates;
  for (const Walk::Config& config : walk.waiting(position)) {
    const Walk::Frame* begun = config.frame;
    while (read.count(begun) == 0 && begun->parent != nullptr) begun = begun->parent;
    std::size_t depth = 0;
    for (const Walk::Frame* at = begun; at != nullptr; at = at->parent) ++depth;
    Candidate& one = candidates[place_of(begun)];
    for (const std::size_t type : walk.awaited(config)) {
      stuck.expected.insert(type);
      one.weight += has(operators(), type) ? 0 : 1;
    }
    if (depth > one.depth) one = {one.weight, depth, begun};
  }
  const auto lighter = [](const auto& a, const auto& b) {
    return std::tie(a.second.weight, a.second.depth) < std::tie(b.second.weight, b.second.depth);
  };
  const auto best = std::max_element(candidates.begin(), candidates.end(), lighter);
  if (best == candidates.end()) return stuck;
  for (const Walk::Frame* at = best->second.frame; at != nullptr; at = at->parent) stuck.rules.push_back(at->rule);
  return stuck;
}

std::set<std::size_t> expected_at(Walk& walk, const Walk::Position& position) {
  std::set<std::size_t> types;
  for (const Walk::Config& config : walk.waiting(position)) {
    const std::vector<std::size_t>& awaited = walk.awaited(config);
    types.insert(awaited.begin(), awaited.end());
  }
  return types;
}

namespace {

/// Groups of tokens that people read as one thing.
struct Groups {
  std::vector<std::string> words;
  std::set<std::size_t> left;

  void take(bool present, const char* text, const std::set<std::size_t>& members) {
    if (!present) return;
    words.emplace_back(text);
    for (const std::size_t type : members) left.erase(type);
  }
};

bool is_keyword(std::size_t type, const antlr4::dfa::Vocabulary& vocabulary) {
  return vocabulary.getSymbolicName(type).rfind("K_", 0) == 0;
}

/// Every keyword that can name things, and what a name itself looks like.
std::set<std::size_t> make_name_tokens(const antlr4::dfa::Vocabulary& vocabulary) {
  const std::set<std::size_t> reserved = {P::K_AND,      P::K_OR,   P::K_NOT,    P::K_IN,   P::K_IS,  P::K_NULL, P::K_BETWEEN,
                                          P::K_LIKE,     P::K_CASE, P::K_WHEN,   P::K_ELSE, P::K_END, P::K_TRUE, P::K_FALSE,
                                          P::K_FROM,     P::K_INTO, P::K_WHERE,  P::K_THEN, P::K_ON,  P::K_AS,   P::K_SYNC,
                                          P::K_OVERRIDE, P::K_LOAD, P::K_MANUAL, P::K_ONCE};
  std::set<std::size_t> made = {P::IDENT, P::QUOTED};
  for (std::size_t type = 1; type <= vocabulary.getMaxTokenType(); ++type) {
    if (is_keyword(type, vocabulary) && !has(reserved, type)) made.insert(type);
  }
  return made;
}

const std::set<std::size_t>& name_tokens(const antlr4::dfa::Vocabulary& vocabulary) {
  static const std::set<std::size_t> only = make_name_tokens(vocabulary);  // There is one grammar.
  return only;
}

std::string one_token(std::size_t type, const antlr4::dfa::Vocabulary& vocabulary) {
  static const std::map<std::size_t, std::string> described = {
      {P::STRING, "a 'text'"},        {P::REGEX, "a ~'pattern'"}, {P::DOLLAR, "a `$$ … $$` block"}, {P::INT, "a whole number"},
      {P::PARAM_REF, "a :parameter"}, {P::DECIMAL, "a number"},   {P::QUOTED, "a \"name\""},        {P::IDENT, "a name"}};
  const auto found = described.find(type);
  if (found != described.end()) return found->second;
  if (is_keyword(type, vocabulary)) return vocabulary.getSymbolicName(type).substr(2);
  std::string literal = vocabulary.getLiteralName(type);
  return literal.size() > 2 ? "`" + literal.substr(1, literal.size() - 2) + "`" : "the end of the file";
}

std::string joined(const std::vector<std::string>& words) {
  std::string made;
  for (std::size_t at = 0; at < words.size(); ++at) {
    made += at == 0 ? "" : at + 1 == words.size() ? " or " : ", ";
    made += words[at];
  }
  return made;
}

}  // namespace

std::string describe_place(const std::vector<std::size_t>& rules, const std::string& name) {
  static const std::set<std::size_t> named = {P::RuleParamStatement,    P::RuleConnectionStatement, P::RuleTypeMappingStatement,
                                              P::RuleScheduleStatement, P::RuleAlertStatement,      P::RuleTemplateStatement,
                                              P::RuleSyncStatement,     P::RuleOverrideStatement};
  for (const std::size_t rule : rules) {
    const auto known = places().find(rule);
    if (known == places().end()) continue;
    if (named.count(rule) == 0) return known->second;
    const bool override_of = rule == P::RuleOverrideStatement;
    if (name.empty()) return override_of ? "an `OVERRIDE`" : "a `" + known->second + "` statement";
    return known->second + " `" + name + "`";
  }
  return "the script";
}

std::string describe_expected(const std::set<std::size_t>& expected, const antlr4::dfa::Vocabulary& vocabulary) {
  Groups groups{{}, expected};
  const auto any = [&expected](std::size_t a, std::size_t b) { return has(expected, a) && has(expected, b); };
  const std::set<std::size_t>& names = name_tokens(vocabulary);
  const bool type = any(P::IDENT, P::K_INTERVAL) && !has(expected, P::K_ALL);
  const bool expression = any(P::PARAM_REF, P::K_CASE);
  const bool statement = any(P::K_INCLUDE, P::K_SYNC) && !has(expected, P::IDENT);
  const bool name = any(P::IDENT, P::K_ALL);
  if (any(P::PARAM_REF, P::OPEN_LIST)) return "a value";
  if (expression) groups.left.erase(P::K_NOT);
  if (any(P::CONCAT, P::STAR)) groups.take(true, "an operator", operators());
  std::set<std::size_t> values = names;
  values.insert({P::INT, P::DECIMAL, P::STRING, P::PARAM_REF, P::K_CASE, P::K_TRUE, P::K_FALSE, P::K_NULL, P::OPEN, P::MINUS});
  groups.take(expression, "an expression", values);
  groups.take(type, "a type",
              {P::IDENT, P::QUOTED, P::K_DATE, P::K_TIMESTAMP, P::K_INTERVAL, P::K_YEAR, P::K_WITH, P::K_SET, P::STRING});
  groups.take(name && has(expected, P::PERCENT), "a unit", [&names] {
    auto all = names;
    all.insert(P::PERCENT);
    return all;
  }());
  groups.take(name && !expression && !has(expected, P::PERCENT), "a name", names);
  groups.take(any(P::INT, P::DECIMAL) && !expression, "a number", {P::INT, P::DECIMAL});
  groups.take(any(P::K_LIMITS, P::K_OWNER) && !name && !expression, "a clause", clause_starts());
  groups.take(statement, "a statement (CONNECTION, SYNC, OVERRIDE, …)", std::set<std::size_t>(expected));
  if (groups.words.size() + groups.left.size() > 1 && !groups.words.empty() && groups.words.front() == "an operator") {
    groups.words.erase(groups.words.begin());
  }
  std::vector<std::string> words;
  std::vector<std::string> marks;
  for (const std::size_t left : groups.left) {
    (is_keyword(left, vocabulary) ? words : marks).push_back(one_token(left, vocabulary));
  }
  words.insert(words.end(), groups.words.begin(), groups.words.end());
  words.insert(words.end(), marks.begin(), marks.end());
  return joined(words);
}

std::vector<std::string> keywords_of(const std::set<std::size_t>& expected, const antlr4::dfa::Vocabulary& vocabulary) {
  std::vector<std::string> made;
  for (const std::size_t type : expected) {
    if (is_keyword(type, vocabulary)) made.push_back(vocabulary.getSymbolicName(type).substr(2));
  }
  return made;
}

bool begins_clause(std::size_t type) {
  return has(clause_starts(), type);
}

bool expects_name(const std::set<std::size_t>& expected) {
  return has(expected, P::IDENT) && has(expected, P::K_ALL);
}

}  // namespace syncline::parse
