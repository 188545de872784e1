#include "compiler/planner/shape.h"

#include <algorithm>

#include "compiler/planner/column_types.h"

namespace syncline::planner {
namespace {

using Kind = expr::ColumnRecipe::Kind;

bool leads_a_key(const types::TableSchema& source, const std::string& name) {
  if (!source.primary_key.columns.empty() && source.primary_key.columns.front() == name) return true;
  return std::any_of(source.indexes.begin(), source.indexes.end(), [&](const types::Index& index) {
    return !index.columns.empty() && index.columns.front().name == name && index.special.empty();
  });
}

bool integer(const types::LogicalType& type) {
  using types::TypeKind;
  return type.kind == TypeKind::tinyint || type.kind == TypeKind::smallint || type.kind == TypeKind::integer ||
         type.kind == TypeKind::bigint;
}

/// Why the target cannot count this column up, or empty.
std::string identity_problem(const SyncWork& sync, const Work& work, const Draft& draft, bool has_one) {
  if (sync.target.can().identity_on_integers_only && !integer(draft.target.logical)) return "it is " + draft.target.native.text;
  const std::string& name = work.source.columns[static_cast<std::size_t>(draft.source)].name;
  const auto& key = work.source.primary_key.columns;
  if (sync.target.can().foreign_keys_inline) {
    return key.size() == 1 && key.front() == name ? std::string() : "only a single primary key column counts up";
  }
  if (sync.target.can().transactional_ddl) return {};
  if (has_one) return "a table has one auto-increment column at most";
  return leads_a_key(work.source, name) ? std::string() : "no key begins with it";
}

void decide_identity(SyncWork& sync, Work& work) {
  bool has_one = false;
  for (Draft& draft : work.drafts) {
    if (draft.failed || !draft.target.auto_increment) continue;
    std::string problem = draft.type.verbatim && !has_one ? std::string() : identity_problem(sync, work, draft, has_one);
    if (work.merged) problem = "its values come from several tables";
    if (!problem.empty()) {
      draft.target.auto_increment = false;
      work.reason("`" + draft.name + "` does not count up in the target: " + problem);
      continue;
    }
    has_one = true;
    work.plan.target_schema.next_identity = work.source.next_identity;
  }
}

void collect_columns(const expr::Expr& expression, std::set<std::string>* names) {
  if (expression.op == expr::Op::column) names->insert(expression.name);
  for (const expr::ExprPtr& argument : expression.args) {
    if (argument) collect_columns(*argument, names);
  }
}

expr::ExprPtr with_indexes(const expr::ExprPtr& expression, const std::map<std::string, int>& positions) {
  if (!expression) return nullptr;
  auto copy = std::make_shared<expr::Expr>(*expression);
  if (copy->op == expr::Op::column) {
    const auto found = positions.find(copy->name);
    if (found != positions.end()) copy->column = found->second;
  }
  for (expr::ExprPtr& argument : copy->args) argument = with_indexes(argument, positions);
  return copy;
}

std::set<std::string> read_names(const Work& work) {
  std::set<std::string> names;
  for (const Draft& draft : work.drafts) {
    if (draft.failed) continue;
    if (draft.expression) {
      collect_columns(*draft.expression, &names);
    } else {
      names.insert(work.source.columns[static_cast<std::size_t>(draft.source)].name);
    }
  }
  return names;
}

expr::ColumnRecipe recipe_of(const Work& work, const Draft& draft, const std::map<std::string, int>& positions) {
  expr::ColumnRecipe recipe;
  recipe.target_column = draft.name;
  recipe.from = draft.type.from;
  recipe.to = draft.type.to;
  recipe.nullable = draft.target.nullable;
  if (draft.expression) {
    const bool constant = draft.expression->op == expr::Op::constant && !draft.expression->secret;
    recipe.kind = constant ? Kind::constant : Kind::expression;
    if (constant) recipe.constant = draft.expression->value;
    if (!constant) recipe.expression = with_indexes(draft.expression, positions);
    return recipe;
  }
  recipe.source = positions.at(work.source.columns[static_cast<std::size_t>(draft.source)].name);
  const bool passes = draft.type.verbatim || types::passes_unchanged(draft.type.from, draft.type.to);
  recipe.kind = passes ? Kind::pass : Kind::convert;
  return recipe;
}

}  // namespace

void shape_new_table(SyncWork& sync, Work& work) {
  types::TableSchema& schema = work.plan.target_schema;
  schema.name = work.plan.target;
  if (sync.target.can().comments) schema.comment = work.source.comment;
  if (sync.same_engine()) schema.storage = work.source.storage;
  decide_identity(sync, work);
  for (Draft& draft : work.drafts) {
    if (draft.failed) continue;
    draft.target.ordinal = static_cast<int>(schema.columns.size()) + 1;
    work.plan.load_columns.push_back(static_cast<int>(schema.columns.size()));
    schema.columns.push_back(draft.target);
  }
}

void make_recipes(Work& work) {
  const std::set<std::string> wanted = read_names(work);
  std::map<std::string, int> positions;
  for (const types::Column& column : work.source.columns) {
    if (!wanted.count(column.name)) continue;
    positions[column.name] = static_cast<int>(work.plan.read_columns.size());
    work.plan.read_columns.push_back(column);
  }
  for (const Draft& draft : work.drafts) {
    if (draft.failed) continue;
    plan::ColumnMapping mapping;
    mapping.recipe = recipe_of(work, draft, positions);
    if (draft.source >= 0) mapping.source_column = work.source.columns[static_cast<std::size_t>(draft.source)].name;
    mapping.note = draft.note;
    work.plan.columns.push_back(std::move(mapping));
  }
}

}  // namespace syncline::planner
