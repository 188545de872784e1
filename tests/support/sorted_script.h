#pragma once
#include <algorithm>
#include <string>
#include <variant>
#include <vector>

#include "compiler/ast/statement.h"

namespace syncline::test {

/// The text of a script with the clauses of each statement sorted, so that fmt may move them.
inline std::string sorted_text(const ast::Script& script) {
  ast::Script copy = script;
  const auto by_kind = [](const ast::Clause& a, const ast::Clause& b) { return a.kind < b.kind; };
  const auto sort = [&](std::vector<ast::Clause>& clauses) { std::stable_sort(clauses.begin(), clauses.end(), by_kind); };
  for (ast::Statement& statement : copy.statements) {
    if (auto* one = std::get_if<ast::SyncStatement>(&statement.body)) sort(one->clauses);
    if (auto* one = std::get_if<ast::OverrideStatement>(&statement.body)) sort(one->clauses);
    if (auto* one = std::get_if<ast::TemplateStatement>(&statement.body)) sort(one->clauses);
    if (auto* one = std::get_if<ast::DefaultsStatement>(&statement.body)) sort(one->clauses);
  }
  return ast::to_text(copy);
}

}  // namespace syncline::test
