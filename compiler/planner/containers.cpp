#include "compiler/planner/containers.h"

#include <algorithm>

namespace syncline::planner {
namespace {

std::vector<std::string> written_containers(const SyncWork& sync) {
  std::set<std::string> containers;
  for (const Work& work : sync.tables) {
    if (work.selected && !work.unplanned && !work.plan.target.container.empty()) containers.insert(work.plan.target.container);
  }
  return {containers.begin(), containers.end()};
}

bool concerns(const connectors::MissingRight& right, const Work& work, connectors::NameCase rule) {
  if (!right.object.container.empty() && fold(right.object.container, rule) != fold(work.plan.target.container, rule))
    return false;
  return right.object.table.empty() || fold(right.object.table, rule) == fold(work.plan.target.table, rule);
}

std::string object_text(const connectors::MissingRight& right) {
  const std::string name = right.object.table.empty() ? right.object.container : types::to_string(right.object);
  return name.empty() ? "the database" : "`" + name + "`";
}

void report(SyncWork& sync, const connectors::MissingRight& right) {
  for (Work& work : sync.tables) {
    if (work.unplanned || !concerns(right, work, sync.target.server.table_case)) continue;
    diag::Diagnostic found = diag::MissingRight(sync.target.connection->plan.name, right.right, object_text(right));
    if (!right.remedy.empty()) found.help.push_back(right.remedy);
    finding(sync, work, std::move(found));
  }
}

}  // namespace

void plan_containers(SyncWork& sync) {
  const std::vector<std::string> wanted = written_containers(sync);
  const auto rule = sync.target.server.table_case;
  std::set<std::string> present;
  for (const std::string& container : sync.target.catalog->containers()) present.insert(fold(container, rule));
  for (const std::string& container : wanted) {
    if (!present.count(fold(container, rule))) sync.plan.create_containers.push_back(container);
  }
  for (const auto& right : sync.target.catalog->missing_write_rights(wanted)) report(sync, right);
}

}  // namespace syncline::planner
