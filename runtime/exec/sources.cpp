#include "runtime/exec/sources.h"

#include <algorithm>

namespace syncline::exec {
namespace {

Sources::Group group_of(const TableJob& job) {
  return {job.sync, job.plan->snapshot_group};
}
Sources::Group group_of(const Unit& unit) {
  return group_of(*unit.tables.front());
}

void add_sources(const TableJob& job, std::vector<types::ObjectName>* tables) {
  if (job.members.empty()) tables->push_back(job.plan->source);
  for (const TableJob& member : job.members) tables->push_back(member.plan->source);
}

}  // namespace

Sources::Shared& Sources::shared(const Group& group) {
  const std::lock_guard lock(mutex_);
  return groups_[group];
}

void Sources::expect(const TableJob& job) {
  if (job.plan->snapshot_group == 0) return;
  Shared& group = shared(group_of(job));
  const std::lock_guard lock(group.opening);
  add_sources(job, &group.tables);
  group.readers += static_cast<std::size_t>(job.plan->split ? job.plan->split->readers : 1);
  ++group.left;
}

std::shared_ptr<connectors::Snapshot> Sources::make(const Unit& unit, std::vector<types::ObjectName> tables, int sessions) {
  const TableJob& first = *unit.tables.front();
  const Source& from = sources_.at(first.sync->source_connection);
  connectors::SnapshotRequest request;
  request.consistency = first.plan->consistency;
  request.sessions = sessions;
  request.tables = std::move(tables);
  return from.connector->open_snapshot(from.spec, request);
}

std::shared_ptr<connectors::Snapshot> Sources::open(const Unit& unit, int readers) {
  if (group_of(unit).second == 0) {
    std::vector<types::ObjectName> tables;
    for (const TableJob* job : unit.tables) add_sources(*job, &tables);
    return make(unit, std::move(tables), readers);
  }
  Shared& group = shared(group_of(unit));
  const std::lock_guard lock(group.opening);
  if (!group.snapshot) {
    const int wanted = sources_.at(unit.tables.front()->sync->source_connection).sessions;
    const int useful = static_cast<int>(std::min<std::size_t>(group.readers, static_cast<std::size_t>(wanted)));
    group.snapshot = make(unit, group.tables, std::max(1, useful));
  }
  return group.snapshot;
}

int Sources::sessions(const Unit& unit) {
  const int own = sources_.at(unit.tables.front()->sync->source_connection).sessions;
  if (group_of(unit).second == 0) return own;
  Shared& group = shared(group_of(unit));
  const std::unique_lock lock(group.opening, std::try_to_lock);
  if (!lock.owns_lock() || !group.snapshot) return 1;
  return std::max(1, group.snapshot->sessions());
}

bool Sources::lost(const Unit& unit, const std::shared_ptr<connectors::Snapshot>& snapshot) {
  if (group_of(unit).second == 0) return false;
  Shared& group = shared(group_of(unit));
  const std::lock_guard lock(group.opening);
  if (group.snapshot == snapshot) group.snapshot.reset();
  return group.tables.size() > 1;
}

void Sources::leave(const TableJob& job) {
  if (job.plan->snapshot_group == 0) return;
  Shared& group = shared(group_of(job));
  const std::lock_guard lock(group.opening);
  if (group.left > 0 && --group.left == 0) group.snapshot.reset();
}

}  // namespace syncline::exec
