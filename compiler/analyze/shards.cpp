#include "compiler/analyze/shards.h"

#include <fmt/format.h>
#include <algorithm>

#include "compiler/analyze/expression_walk.h"
#include "compiler/bound/expression_text.h"
#include "stdlib/base/text.h"

namespace syncline::analyze {
namespace {

bool differs_between_tables(const ast::Expr& name) {
  if (name.path.size() != 2) return false;
  const std::string object = text::ascii_lower(name.path[0].text);
  return object == "match" || (object == "source" && !text::ascii_iequals(name.path[1].text, "connection"));
}

std::vector<const ast::Segment*> discriminators(const bound::Policy& policy) {
  std::vector<const ast::Segment*> found;
  for (const bound::BoundColumnRule& column : policy.columns) {
    if (tells_shards_apart(column.rule)) found.push_back(&column.rule.columns);
  }
  return found;
}

/// Puts the columns in front of those that KEY names.
diag::Fix key_fix(const std::vector<const ast::Segment*>& columns, const source::Span& first) {
  std::string names;
  for (const ast::Segment* column : columns) names += (names.empty() ? "" : ", ") + bound::to_text(*column);
  return {{first.source, first.begin, first.begin}, names + ", ", "add `" + names + "` to KEY", true};
}

}  // namespace

bool tells_shards_apart(const ast::ColumnRule& rule) {
  if (rule.kind != ast::ColumnRule::Kind::add || !rule.value) return false;
  bool differs = false;
  bool fixed = true;
  walk(*rule.value, [&](const ast::Expr& part) {
    differs = differs || (part.kind == ast::ExprKind::path && differs_between_tables(part));
    fixed = fixed && part.kind != ast::ExprKind::parameter && (part.kind != ast::ExprKind::path || part.path.size() == 2);
  });
  return differs && fixed;
}

void check_shard_key(Context& context, const Place& place) {
  const bound::Policy& policy = place.sync.policy;
  if (!policy.merge_shards || !policy.key) return;
  const std::vector<const ast::Segment*> apart = discriminators(policy);
  const auto in_key = [&](const ast::Segment* one) {
    return std::any_of(policy.key->value.begin(), policy.key->value.end(),
                       [&](const std::string& column) { return text::ascii_iequals(column, one->text); });
  };
  if (std::any_of(apart.begin(), apart.end(), in_key)) return;
  auto found = diag::ShardKey(place.sync.name, "rows of two tables with one key would overwrite each other")
                   .at(policy.key->origin.span)
                   .also(policy.merge_shards->origin.span, "several tables become one here");
  const auto key = place.effective.find(ast::ClauseKind::key);
  if (apart.empty()) {
    std::move(found).with_help(
        "add a column that says where a row is from, and put it into KEY: COLUMNS (ADD shard STRING = source.table)");
  } else if (key != place.effective.end() && !key->second->names.empty()) {
    std::move(found).with_fix(key_fix(apart, key->second->names.front().span));
  }
  context.sink.emit(std::move(found));
}

}  // namespace syncline::analyze
