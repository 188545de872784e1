#include "compiler/planner/personal_data.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <set>

#include "compiler/analyze/personal_columns.h"
#include "compiler/diag/kinds.h"

namespace syncline::planner {
namespace {

constexpr std::size_t kSamples = 3;

/// Column name → the source tables that have it.
using Found = std::map<std::string, std::vector<std::string>>;

bool is_shown(const plan::ColumnMapping& column) {
  using Kind = expr::ColumnRecipe::Kind;
  return column.recipe.kind == Kind::pass || column.recipe.kind == Kind::convert;
}

void note(const plan::Table& table, const std::set<std::string>& named, Found& found) {
  if (!table.members.empty()) {
    for (const plan::Table& member : table.members) note(member, named, found);
    return;
  }
  for (const plan::ColumnMapping& column : table.columns) {
    const bool personal = is_shown(column) && !analyze::personal_content(column.source_column).empty();
    if (personal && named.count(column.source_column) == 0) found[column.source_column].push_back(to_string(table.source));
  }
}

std::string where(const std::vector<std::string>& tables) {
  std::vector<std::string> samples(tables.begin(),
                                   tables.begin() + static_cast<std::ptrdiff_t>(std::min(tables.size(), kSamples)));
  for (std::string& sample : samples) sample = "`" + sample + "`";
  if (tables.size() == 1) return "it is in " + samples.front();
  return fmt::format("it is in {} tables: {}{}", tables.size(), fmt::join(samples, ", "), tables.size() > kSamples ? ", …" : "");
}

}  // namespace

void report_personal_data(const bound::Unit& unit, const plan::Plan& plan, diag::Sink& sink) {
  for (const plan::Sync& planned : plan.syncs) {
    const auto of_plan = [&](const bound::Sync& one) { return one.name == planned.name; };
    const auto sync = std::find_if(unit.syncs.begin(), unit.syncs.end(), of_plan);
    if (sync == unit.syncs.end()) continue;
    const std::set<std::string> named = analyze::named_columns(*sync);
    Found found;
    for (const plan::Table& table : planned.tables) note(table, named, found);
    for (const auto& [column, tables] : found) sink.emit(analyze::personal_column(column, sync->tables_span).note(where(tables)));
  }
}

}  // namespace syncline::planner
