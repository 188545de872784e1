#include "compiler/planner/key_names.h"

#include <algorithm>

#include "compiler/diag/kinds.h"
#include "stdlib/base/hash.h"

namespace syncline::planner {

void NameSpace::reserve(const std::string& container, const std::string& name) {
  taken_.insert(container + '\0' + fold(name, engine_->capabilities.column_case));
}

std::string NameSpace::take(const std::string& container, const std::string& name, const std::string& table) {
  const bool per_table = engine_->capabilities.index_names_per_table && container.find('\x01') == std::string::npos;
  const std::string scope = per_table ? container + "." + table : container;
  const auto rule = engine_->capabilities.column_case;
  std::string fitted = shortened(name, *engine_);
  for (int attempt = 0; !taken_.insert(scope + '\0' + fold(fitted, rule)).second; ++attempt) {
    const std::string tail = "_" + hash::fast_hex(table + "." + name + std::to_string(attempt)).substr(0, 8);
    fitted = shortened(name + tail, *engine_);
  }
  return fitted;
}

std::string source_name(const Work& work) {
  return types::to_string(work.plan.source);
}

diag::Diagnostic unknown_column(const Work& work, const std::string& name, const source::Span& span, bool alone) {
  std::vector<std::string> names;
  for (const types::Column& column : work.source.columns) names.push_back(column.name);
  for (const Draft& draft : work.drafts) names.push_back(draft.name);
  auto finding = diag::UnknownColumn(name, source_name(work)).at(span).for_column(name);
  std::move(finding).did_you_mean(name, names);
  if (!alone) finding.fixes.clear();
  return finding;
}

std::vector<std::string> target_columns(Work& work, const std::vector<std::string>& source_columns) {
  std::vector<std::string> names;
  for (const std::string& column : source_columns) {
    const Draft* draft = work.draft_of(column);
    if (!draft || draft->failed) return {};
    names.push_back(draft->name);
  }
  return names;
}

std::vector<std::string> columns_of(const types::Index& index) {
  std::vector<std::string> names;
  for (const types::IndexColumn& column : index.columns) names.push_back(column.name);
  return names;
}

bool same_set(std::vector<std::string> one, std::vector<std::string> other, connectors::NameCase rule) {
  for (std::string& name : one) name = fold(name, rule);
  for (std::string& name : other) name = fold(name, rule);
  std::sort(one.begin(), one.end());
  std::sort(other.begin(), other.end());
  return one == other;
}

bool upserts(const Work& work) {
  if (work.first().mode == types::WriteMode::upsert) return true;
  if (!work.policy.load) return false;
  const auto& phases = work.policy.load->value.phases;
  return std::any_of(phases.begin(), phases.end(),
                     [](const ast::LoadPhase& phase) { return phase.write && phase.write->mode == ast::WriteMode::upsert; });
}

}  // namespace syncline::planner
