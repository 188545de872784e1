#include <algorithm>

#include "compiler/analyze/clause_checks.h"
#include "compiler/bound/expression_text.h"

namespace syncline::analyze {
namespace {

bool distributes(const ast::CreateItem& item) {
  using Kind = ast::CreateItem::Kind;
  return item.kind == Kind::distribute_hash || item.kind == Kind::distribute_random || item.kind == Kind::distribute_replicated;
}

bool same_columns(const std::vector<ast::Name>& one, const std::vector<ast::Name>& other) {
  return std::equal(one.begin(), one.end(), other.begin(), other.end(),
                    [](const ast::Name& a, const ast::Name& b) { return a.text == b.text; });
}

}  // namespace

/// Engines that are built have no distribution: there DISTRIBUTE BY is SY3017, and nothing is left to say.
void check_distribution(Context& context, const Place& place) {
  const auto key = place.effective.find(ast::ClauseKind::key);
  const auto create = place.effective.find(ast::ClauseKind::create_with);
  if (key == place.effective.end() || create == place.effective.end() || place.sync.target->engine->built) return;
  for (const ast::CreateItem& item : create->second->create) {
    if (!distributes(item) || same_columns(item.columns, key->second->names)) continue;
    context.sink.emit(diag::KeyForUniquenessOnly(place.sync.name)
                          .at(key->second->span, "tells rows apart")
                          .also(item.span, "says where they lie"));
  }
}

}  // namespace syncline::analyze
