#include "compiler/lock/offline.h"

#include <algorithm>
#include <memory>

#include "compiler/analyze/parameters.h"
#include "compiler/catalog/lock_catalog.h"
#include "compiler/diag/kinds.h"
#include "compiler/planner/personal_data.h"
#include "compiler/planner/planner.h"
#include "stdlib/base/text.h"

namespace syncline::lock {
namespace {

/// Locks as catalogues; a connection without one is an empty database of its engine.
class LockProvider : public catalog::CatalogProvider {
 public:
  LockProvider(const bound::Unit& unit, std::map<std::string, LockFile> files) {
    for (const bound::Sync& sync : unit.syncs)
      for (const bound::Connection* end : {sync.source, sync.target}) connections_[end->plan.name] = end;
    for (auto& [name, file] : files) catalogs_[name] = std::make_unique<catalog::LockCatalog>(std::move(file.lock));
  }

  catalog::Catalog& catalog(const std::string& connection) override {
    auto& slot = catalogs_[connection];
    if (!slot) slot = std::make_unique<catalog::LockCatalog>(empty(*connections_.at(connection)));
    return *slot;
  }

  /// By what the script says of both: nobody is asked.
  bool same_server(const std::string& one, const std::string& other) override {
    if (one == other) return true;
    const bound::Connection& first = *connections_.at(one);
    const bound::Connection& second = *connections_.at(other);
    if (first.plan.engine != second.plan.engine) return false;
    for (const char* key : {"host", "port", "socket", "path"})
      if (setting(first, key) != setting(second, key)) return false;
    return first.engine->levels.front() == "database" || first.database == second.database;
  }

 private:
  static std::string setting(const bound::Connection& connection, const char* key) {
    const auto found = connection.plan.settings.find(key);
    return found == connection.plan.settings.end() ? std::string() : found->second;
  }

  /// What a server of the engine mostly is; another lock of the engine knows better than nothing.
  catalog::Lock empty(const bound::Connection& connection) const {
    catalog::Lock lock;
    lock.connection = connection.plan.name;
    lock.engine = connection.plan.engine;
    lock.server.table_case = connection.engine->capabilities.table_case;
    lock.server.column_case = connection.engine->capabilities.column_case;
    for (const auto& [name, known] : catalogs_)
      if (known && known->lock().engine == lock.engine) lock.server = known->lock().server;
    return lock;
  }

  std::map<std::string, const bound::Connection*> connections_;
  std::map<std::string, std::unique_ptr<catalog::LockCatalog>> catalogs_;
};

/// What databases alone can know, and what only keeps a script from running.
bool speaks_of_scripts(const diag::Diagnostic& finding) {
  const char band = diag::info(finding.code).text[2];
  return band < '8' && finding.code != diag::Code::SY1016;
}

bool built(const bound::Connection& connection) {
  return connection.engine != nullptr && connection.engine->built;
}

/// Why nothing can be planned although the script itself is right; empty: it can.
std::string obstacle(const bound::Unit& unit) {
  if (!unit.conflicts.empty()) return "these scripts cannot be compiled together: " + unit.conflicts.front().message;
  diag::Sink missing;
  analyze::require_values(unit, missing);
  return missing.all().empty() ? std::string() : missing.all().front().message;
}

void say_where(const std::map<std::string, std::string>& files, diag::Diagnostic& finding) {
  using diag::Code;
  if (finding.code != Code::SY5002 && finding.code != Code::SY5003 && finding.code != Code::SY5004) return;
  const auto file = files.find(finding.connection);
  finding.notes.push_back(file == files.end()
                              ? std::string("the catalogue lock says so; `syncline catalog snapshot` writes it anew")
                              : "`" + file->second + "` says so; `syncline catalog snapshot` writes it anew");
}

}  // namespace

void plan_with_locks(const bound::Unit& unit, const compiler::Options& options, const connectors::Registry& registry,
                     compiler::Result& result) {
  const std::size_t before = result.sink.errors();
  auto files = read_files(options, unit, result.sources, result.sink);
  for (const bound::Sync& sync : unit.syncs) {
    const auto lock = files.find(sync.source->plan.name);
    if (lock != files.end()) {
      check_coverage(sync, lock->second, result.sink);
    } else if (result.sink.errors() == before) {
      result.sink.emit(diag::LockNotCovering(sync.source->plan.name, "anything: there is no such file")
                           .at(sync.source->span)
                           .with_help("`syncline catalog snapshot` writes it; it belongs into git"));
    }
  }
  if (result.sink.errors() != before) return;
  LockProvider provider(unit, std::move(files));
  result.plan = planner::make_plan(unit, registry, provider, options, result.sink);
}

void check_with_locks(bound::Unit& unit, const compiler::Options& options, const connectors::Registry& registry,
                      compiler::Result& result) {
  auto files = read_files(options, unit, result.sources, result.sink);
  if (files.empty()) return;
  std::map<std::string, std::string> names;
  for (const auto& [connection, file] : files) names.emplace(connection, result.sources.name(file.source));
  const auto usable = [&](const bound::Sync& sync) {
    const auto lock = files.find(sync.source->plan.name);
    return lock != files.end() && built(*sync.source) && built(*sync.target) && check_coverage(sync, lock->second, result.sink);
  };
  const std::size_t all = unit.syncs.size();
  unit.syncs.erase(std::remove_if(unit.syncs.begin(), unit.syncs.end(), [&](const auto& sync) { return !usable(sync); }),
                   unit.syncs.end());
  if (unit.syncs.empty()) return;
  const bool some = unit.syncs.size() < all;
  if (const std::string why = obstacle(unit); !why.empty()) {
    return result.sink.emit(
        diag::LockNotUsed(why).with_help("give parameters a value with --param or --env; check scripts that do "
                                         "not belong together one by one"));
  }
  LockProvider provider(unit, std::move(files));
  diag::Sink found;
  const plan::Plan plan = planner::make_plan(unit, registry, provider, options, found);
  const auto take = [&](diag::Diagnostic finding) {
    const bool left_out = some && finding.code == diag::Code::SY1026;  // what is selected may be in a sync without a lock
    if (!speaks_of_scripts(finding) || left_out) return;
    say_where(names, finding);
    result.sink.emit(std::move(finding));
  };
  for (const diag::Diagnostic& finding : found.all()) take(finding);
  for (const plan::Sync& sync : plan.syncs)
    for (const plan::Table& table : sync.tables)
      for (const diag::Diagnostic& finding : table.findings) take(finding);
  planner::report_personal_data(unit, plan, result.sink);
}

}  // namespace syncline::lock
