#include "compiler/analyze/personal_columns.h"

#include <algorithm>

#include "compiler/analyze/expression_walk.h"
#include "compiler/analyze/patterns.h"
#include "compiler/analyze/policy.h"
#include "stdlib/base/text.h"

namespace syncline::analyze {
namespace {

struct Personal {
  std::string_view words;
  std::string_view content;
};

constexpr Personal kPersonal[] = {
#define SYNCLINE_PERSONAL(words, content) {words, content},
#include "compiler/analyze/personal_columns.def"
#undef SYNCLINE_PERSONAL
};

bool is_upper(char c) {
  return c >= 'A' && c <= 'Z';
}

/// `customerEmail`, `CUSTOMER-EMAIL` → "_customer_email".
std::string in_words(std::string_view name) {
  std::string made = "_";
  for (std::size_t i = 0; i < name.size(); ++i) {
    const char c = name[i];
    const bool hump = is_upper(c) && i > 0 && !is_upper(name[i - 1]);
    if ((hump || c == '_' || c == '-' || c == ' ' || c == '.') && made.back() != '_') made += '_';
    if (c != '_' && c != '-' && c != ' ' && c != '.') made += c;
  }
  return text::ascii_lower(made);
}

using Columns = std::map<std::string, source::Span>;

void note(const ast::Expr& expression, Columns& found) {
  walk(expression, [&](const ast::Expr& part) {
    if (part.kind == ast::ExprKind::path && part.path.size() == 1) found.emplace(part.path.front().text, part.path.front().span);
  });
}

void note(const std::vector<ast::Name>& names, Columns& found) {
  for (const ast::Name& name : names) found.emplace(name.text, name.span);
}

/// Source columns that the clause names one by one.
void note(const ast::Clause& clause, Columns& found) {
  using Kind = ast::ClauseKind;
  if (clause.kind == Kind::key || clause.kind == Kind::split || clause.kind == Kind::partition_by) note(clause.names, found);
  if (clause.kind == Kind::columns) {
    for (const ast::ColumnRule& rule : clause.columns) {
      if (rule.kind != ast::ColumnRule::Kind::add && rule.columns.kind == ast::Segment::Kind::exact)
        found.emplace(rule.columns.text, rule.columns.span);
      if (rule.kind == ast::ColumnRule::Kind::set || rule.kind == ast::ColumnRule::Kind::add) note(*rule.value, found);
    }
  }
  if (clause.kind == Kind::filter && clause.condition->portable) note(*clause.condition->portable, found);
  for (const ast::PartitionColumn& column : clause.partition_columns) note(*column.value, found);
  for (const ast::LoadPhase& phase : clause.phases) {
    note(phase.key, found);
    if (phase.where && phase.where->portable) note(*phase.where->portable, found);
  }
}

/// Whether the value lets a reader see the column: it stands there outside of a hash.
bool shows(const ast::Expr& value, const std::string& column) {
  if (value.kind == ast::ExprKind::path) return value.path.size() == 1 && value.path.front().text == column;
  const std::string function = value.kind == ast::ExprKind::call ? text::ascii_lower(value.text) : std::string();
  if (function == "sha256" || function == "md5" || function == "crc32" || function == "length") return false;
  if (value.kind == ast::ExprKind::is_null) return false;
  return std::any_of(value.args.begin(), value.args.end(), [&](const ast::ExprPtr& part) { return shows(*part, column); });
}

bool is_kept_back(const bound::Policy& policy, const std::string& column, connectors::NameCase rule_of_names) {
  using Kind = ast::ColumnRule::Kind;
  return std::any_of(policy.columns.begin(), policy.columns.end(), [&](const bound::BoundColumnRule& one) {
    const ast::ColumnRule& rule = one.rule;
    if (rule.kind == Kind::add || !segment_matches(rule.columns, column, rule_of_names, nullptr)) return false;
    return rule.kind == Kind::exclude || rule.kind == Kind::mask || (rule.kind == Kind::set && !shows(*rule.value, column));
  });
}

Columns named_in(const bound::Policy& policy) {
  Columns found;
  for (const auto& entry : policy.written) note(*entry.second.value, found);
  for (const bound::BoundColumnRule& rule : policy.columns) {
    ast::Clause one;
    one.kind = ast::ClauseKind::columns;
    one.columns = {rule.rule};
    note(one, found);
  }
  return found;
}

class Checker {
 public:
  Checker(Context& context, const bound::Sync& sync) : context_(context), sync_(sync) {}

  void check() {
    report(sync_.policy, named_in(sync_.policy));
    for (const bound::Override& one : sync_.overrides) override_(one);
  }

 private:
  void override_(const bound::Override& one) {
    bound::Policy merged = sync_.policy;
    diag::Sink reported_before;
    Columns found;
    for (const ast::Clause& clause : one.clauses) {
      apply_clause(merged, clause, "OVERRIDE", reported_before);
      note(clause, found);
    }
    report(merged, found);
  }

  void report(const bound::Policy& policy, const Columns& found) {
    for (const auto& [column, span] : found) {
      const std::string_view content = personal_content(column);
      if (content.empty() || is_kept_back(policy, column, sync_.source->engine->capabilities.column_case)) continue;
      context_.sink.emit(personal_column(column, span));
    }
  }

  Context& context_;
  const bound::Sync& sync_;
};

}  // namespace

std::string_view personal_content(std::string_view column) {
  const std::string words = in_words(column);
  for (const Personal& one : kPersonal) {
    const std::string end = "_" + std::string(one.words);
    if (words.size() >= end.size() && words.compare(words.size() - end.size(), end.size(), end) == 0) return one.content;
  }
  return {};
}

diag::Diagnostic personal_column(const std::string& column, const source::Span& at) {
  return diag::PersonalColumn(column)
      .at(at, "likely " + std::string(personal_content(column)))
      .for_column(column)
      .with_help("COLUMNS (MASK " + column +
                 " USING sha256(:salt)), or EXCLUDE it; if it is meant to be copied, say why: `-- lint:ignore SY6004: reason`");
}

std::set<std::string> named_columns(const bound::Sync& sync) {
  Columns found = named_in(sync.policy);
  for (const bound::Override& one : sync.overrides)
    for (const ast::Clause& clause : one.clauses) note(clause, found);
  std::set<std::string> names;
  for (const auto& [name, span] : found) names.insert(name);
  return names;
}

void check_personal_columns(Context& context, const bound::Sync& sync) {
  Checker(context, sync).check();
}

}  // namespace syncline::analyze
