#include "compiler/lock/snapshot.h"

#include <algorithm>
#include <filesystem>
#include <set>

#include "compiler/analyze/analyze.h"
#include "compiler/diag/kinds.h"
#include "compiler/planner/match.h"
#include "compiler/planner/planner.h"
#include "stdlib/base/text.h"

namespace syncline::lock {
namespace {

using connectors::ListedObject;
using connectors::ObjectKind;

constexpr std::size_t kShownChanges = 3;

/// "10.11.19" as "10.11": patches change no plan.
std::string major_minor(const std::string& version) {
  std::size_t end = 0;
  int dots = 0;
  while (end < version.size() && (std::isdigit(static_cast<unsigned char>(version[end])) != 0 || version[end] == '.')) {
    if (version[end] == '.' && ++dots == 2) break;
    ++end;
  }
  return version.substr(0, end);
}

connectors::ServerInfo kept(connectors::ServerInfo server) {
  server.version = major_minor(server.version);
  server.version_number = 0;
  server.free_connections = 0;
  return server;
}

/// Without what changes by itself; estimates stay as they were while they are near.
types::TableSchema kept(types::TableSchema schema, const types::TableSchema* before) {
  schema.row_estimate = catalog::rounded(schema.row_estimate, before ? before->row_estimate : -1);
  schema.byte_estimate = catalog::rounded(schema.byte_estimate, before ? before->byte_estimate : -1);
  schema.next_identity.reset();
  schema.object_id = 0;
  for (types::Column& column : schema.columns) column.logical = {};
  return schema;
}

const types::TableSchema* table_of(const std::optional<catalog::Lock>& lock, const types::ObjectName& name) {
  if (!lock) return nullptr;
  for (const types::TableSchema& table : lock->tables)
    if (table.name == name) return &table;
  return nullptr;
}

/// What one connection's lock is to hold.
struct Wanted {
  const bound::Connection* connection = nullptr;
  std::vector<const bound::Sync*> reads;     ///< syncs whose source it is
  std::vector<types::TableSchema> existing;  ///< tables written to that Syncline did not make
  std::set<types::ObjectName> targets;       ///< all tables written to
  std::set<std::string> containers;          ///< of those
  std::optional<catalog::Lock> before;
};

class Taker {
 public:
  Taker(const Wanted& wanted, catalog::Catalog& live, bool partial) : wanted_(wanted), live_(live) {
    lock_.connection = wanted.connection->plan.name;
    lock_.engine = wanted.connection->plan.engine;
    lock_.timezone = wanted.connection->timezone;
    lock_.server = kept(live.server());
    if (partial && wanted.before) kept_patterns_ = wanted.before->patterns;
  }

  catalog::Lock run() {
    patterns();
    objects();
    near_misses();
    describe();
    targets();
    lock_.patterns_digest = catalog::digest_of(lock_.patterns);
    return std::move(lock_);
  }

 private:
  void patterns() {
    std::set<catalog::LockPattern> all(kept_patterns_.begin(), kept_patterns_.end());
    for (const bound::Sync* sync : wanted_.reads)
      for (const bound::Pattern& pattern : sync->include) all.insert(as_locked(pattern));
    lock_.patterns.assign(all.begin(), all.end());
  }

  bool hits(const std::vector<bound::Pattern>& patterns, const types::ObjectName& name) const {
    return std::any_of(patterns.begin(), patterns.end(),
                       [&](const bound::Pattern& pattern) { return analyze::matches(pattern, name, live_.server(), nullptr); });
  }

  void objects() {
    std::vector<bound::Pattern> kept;
    for (const catalog::LockPattern& pattern : kept_patterns_) kept.push_back(as_bound(pattern));
    for (const ListedObject& object : live_.objects()) {
      bool touched = false;
      bool whole = false;
      for (const bound::Sync* sync : wanted_.reads) {
        if (!hits(sync->include, object.name)) continue;
        touched = true;
        whole = whole || !hits(sync->except, object.name);
      }
      if (!whole && hits(kept, object.name)) {
        touched = true;
        const auto& names = wanted_.before->names;
        whole = std::none_of(names.begin(), names.end(), [&](const ListedObject& one) { return one.name == object.name; });
      }
      if (!touched) continue;
      if (whole && object.kind == ObjectKind::table && object.readable) {
        tables_.push_back(object.name);
      } else {
        lock_.names.push_back(object);
      }
    }
  }

  /// Names that a pattern without a match may have meant.
  void near_misses() {
    for (const bound::Sync* sync : wanted_.reads) {
      for (const bound::Pattern& pattern : sync->include) {
        const auto& all = live_.objects();
        if (std::any_of(all.begin(), all.end(), [&](const ListedObject& one) { return hits({pattern}, one.name); })) continue;
        const ListedObject* near = planner::closest_object(pattern, all);
        if (near != nullptr && !holds(near->name)) lock_.names.push_back(*near);
      }
    }
  }

  bool holds(const types::ObjectName& name) const {
    const auto same = [&](const ListedObject& one) { return one.name == name; };
    return std::find(tables_.begin(), tables_.end(), name) != tables_.end() ||
           std::any_of(lock_.names.begin(), lock_.names.end(), same);
  }

  void describe() {
    for (types::TableSchema& schema : live_.describe(tables_)) {
      const types::TableSchema* before = table_of(wanted_.before, schema.name);
      lock_.tables.push_back(kept(std::move(schema), before));
    }
  }

  void targets() {
    for (const types::TableSchema& schema : wanted_.existing)
      if (!holds(schema.name)) lock_.tables.push_back(kept(schema, table_of(wanted_.before, schema.name)));
    for (const ListedObject& object : live_.objects())
      if (object.kind != ObjectKind::table && wanted_.targets.count(object.name) != 0 && !holds(object.name))
        lock_.names.push_back(object);
    if (wanted_.containers.empty()) return;
    for (const std::string& container : live_.containers())
      if (wanted_.containers.count(container) != 0) lock_.containers.push_back(container);
  }

  const Wanted& wanted_;
  catalog::Catalog& live_;
  catalog::Lock lock_;
  std::vector<catalog::LockPattern> kept_patterns_;
  std::vector<types::ObjectName> tables_;
};

std::map<std::string, Wanted> wanted_by(const bound::Unit& unit) {
  std::map<std::string, Wanted> all;
  for (const bound::Sync& sync : unit.syncs) {
    all[sync.source->plan.name].connection = sync.source;
    all[sync.source->plan.name].reads.push_back(&sync);
    all[sync.target->plan.name].connection = sync.target;
  }
  return all;
}

void add_target(const plan::Table& table, Wanted& wanted) {
  wanted.targets.insert(table.target);
  if (!table.target.container.empty()) wanted.containers.insert(table.target.container);
  if (!table.existing || table.managed || table.gone) return;
  const auto same = [&](const types::TableSchema& one) { return one.name == table.existing->name; };
  if (std::none_of(wanted.existing.begin(), wanted.existing.end(), same)) wanted.existing.push_back(*table.existing);
}

/// The plan's findings are for `check`; what keeps a catalogue from being read is said here.
bool is_about_connections(const diag::Diagnostic& finding) {
  using diag::Code;
  return finding.code == Code::SY8001 || finding.code == Code::SY8012 || finding.code == Code::SY8013 ||
         finding.code == Code::SY1016;
}

void report(const catalog::Unavailable& problem, compiler::Result& result) {
  diag::Diagnostic found = problem.connected ? diag::CatalogueFailed(problem.connection, problem.message)
                                             : diag::CannotConnect(problem.connection, problem.message);
  if (!problem.help.empty()) found.help.push_back(problem.help);
  result.sink.emit(std::move(found));
}

compiler::Snapshot taken(const Wanted& wanted, const compiler::Options& options, catalog::Catalog& live) {
  compiler::Snapshot snapshot;
  snapshot.file = file_of(options, wanted.connection->plan.name);
  snapshot.file_exists = std::filesystem::exists(snapshot.file);
  snapshot.before = wanted.before;
  snapshot.lock = Taker(wanted, live, options.partial_snapshot).run();
  return snapshot;
}

/// The same facts asked again: what the lock's own patterns and tables are now, of the wanted ones.
catalog::Lock renewed(const catalog::Lock& lock, const catalog::WantedTables& wanted, catalog::Catalog& live) {
  catalog::Lock now = lock;
  now.server = kept(live.server());
  now.tables.clear();
  std::vector<bound::Pattern> patterns;
  for (const catalog::LockPattern& pattern : lock.patterns) patterns.push_back(as_bound(pattern));
  std::set<types::ObjectName> asked, known;
  for (const types::TableSchema& table : lock.tables) asked.insert(table.name);
  for (const ListedObject& one : lock.names) known.insert(one.name);
  for (const ListedObject& object : live.objects()) {
    if (object.kind != ObjectKind::table || !object.readable || known.count(object.name) != 0) continue;
    if (!wanted(object.name, live.server())) continue;
    for (const bound::Pattern& pattern : patterns)
      if (analyze::matches(pattern, object.name, live.server(), nullptr)) asked.insert(object.name);
  }
  const std::optional<catalog::Lock> before = lock;
  for (types::TableSchema& schema : live.describe({asked.begin(), asked.end()})) {
    const types::TableSchema* old = table_of(before, schema.name);
    now.tables.push_back(kept(std::move(schema), old));
  }
  return now;
}

void report_changes(const LockFile& file, const std::vector<catalog::LockChange>& changes, diag::Sink& sink) {
  std::vector<std::string> words;
  for (const catalog::LockChange& change : changes)
    if (change.kind == catalog::LockChange::Kind::drift) words.push_back(catalog::to_string(change));
  if (words.empty()) return;
  std::string shown;
  for (std::size_t i = 0; i < words.size() && i < kShownChanges; ++i) shown += (i == 0 ? "" : "; ") + words[i];
  if (words.size() > kShownChanges) shown += fmt::format("; and {} more", words.size() - kShownChanges);
  diag::Diagnostic found = diag::CatalogueDrifted(file.lock.connection, shown)
                               .with_help(
                                   "`syncline catalog snapshot` writes the lock anew, for `check` without a database; "
                                   "this command asked the database itself");
  found.connection = file.lock.connection;
  sink.emit(std::move(found));
}

}  // namespace

std::vector<compiler::Snapshot> take_snapshots(const bound::Unit& unit, const compiler::Options& options,
                                               const connectors::Registry& registry, catalog::CatalogProvider& catalogs,
                                               compiler::Result& result) {
  diag::Sink found;
  const plan::Plan plan = planner::make_plan(unit, registry, catalogs, options, found);
  for (const diag::Diagnostic& finding : found.all())
    if (is_about_connections(finding)) result.sink.emit(finding);
  if (result.sink.has_errors()) return {};
  std::map<std::string, Wanted> wanted = wanted_by(unit);
  for (const plan::Sync& sync : plan.syncs)
    for (const plan::Table& table : sync.tables) add_target(table, wanted[sync.target_connection]);
  std::vector<compiler::Snapshot> snapshots;
  for (auto& [name, one] : wanted) {
    diag::Sink unread;
    if (auto file = read_file(options, name, result.sources, unread)) one.before = std::move(file->lock);
    try {
      snapshots.push_back(taken(one, options, catalogs.catalog(name)));
    } catch (const catalog::Unavailable& problem) {
      report(problem, result);
    }
  }
  if (result.sink.has_errors()) return {};
  return snapshots;
}

void report_drift(const bound::Unit& unit, const compiler::Options& options, catalog::CatalogProvider& catalogs,
                  compiler::Result& result) {
  diag::Sink unread;
  for (const auto& [name, wanted] : wanted_tables(unit, &*result.plan)) {
    const auto file = read_file(options, name, result.sources, unread, wanted);
    if (!file) continue;
    try {
      report_changes(*file, catalog::differences(file->lock, renewed(file->lock, wanted, catalogs.catalog(name))), result.sink);
    } catch (const catalog::Unavailable&) {
      continue;  // said by the plan
    }
  }
}

}  // namespace syncline::lock
