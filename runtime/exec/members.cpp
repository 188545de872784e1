#include "runtime/exec/members.h"

#include <algorithm>

namespace syncline::exec {
namespace {

bool takes_part(const TableJob& member) {
  return member.step == nullptr || member.step->takes_part;
}

}  // namespace

std::vector<TableJob*> parts_of(TableJob& job) {
  if (job.members.empty()) return {&job};
  std::vector<TableJob*> parts;
  for (TableJob& member : job.members) {
    if (member.reads) parts.push_back(&member);
  }
  return parts;
}

void gather_progress(TableJob& job) {
  for (const TableJob& member : job.members) {
    if (member.reads) job.load.progress.push_back(member.load.progress.front());
  }
}

void forget_former_members(TableJob& job) {
  if (job.step->phase != types::Phase::full || !types::replaces_rows(job.step->mode)) return;
  for (const std::string& unit : job.plan->former_members) {
    types::Progress nothing;
    nothing.phase = types::Phase::key;
    nothing.sync = job.sync->name;
    nothing.unit = unit;
    nothing.target = job.plan->target;
    if (!job.load.progress.empty()) nothing.run_id = job.load.progress.front().run_id;
    job.load.progress.push_back(std::move(nothing));
  }
}

std::vector<Settled> settle_all(Increments& increments, const TableJob& job, const Watch& watch) {
  if (job.members.empty()) return {increments.settle(job, watch)};
  // The end of a window is one moment for all; a key has one of its own in each table.
  if (!job.step->key) return std::vector<Settled>(job.members.size(), increments.settle(job, watch));
  std::vector<Settled> settled;
  for (const TableJob& member : job.members) settled.push_back(takes_part(member) ? increments.settle(member, watch) : Settled());
  const auto told = std::find_if(settled.begin(), settled.end(), [](const Settled& one) { return !one.note.empty(); });
  if (told != settled.end()) settled.front().note = told->note;
  return settled;
}

bool bound_all(Increments& increments, TableJob& job, connectors::Snapshot& snapshot, const std::vector<Settled>& settled) {
  if (job.members.empty()) return increments.bound(job, snapshot, settled.front());
  // Records of other phases speak of tables that are no longer members.
  std::vector<types::Progress> progress;
  for (types::Progress& one : job.load.progress) {
    if (one.phase != job.step->phase) progress.push_back(std::move(one));
  }
  for (std::size_t at = 0; at < job.members.size(); ++at) {
    TableJob& member = job.members[at];
    member.load.existing = job.load.existing;
    member.reads = takes_part(member) && increments.bound(member, snapshot, settled[at]);
    if (member.reads && !member.load.progress.empty()) progress.push_back(member.load.progress.front());
  }
  job.load.progress = std::move(progress);
  return std::any_of(job.members.begin(), job.members.end(), [](const TableJob& member) { return member.reads; });
}

}  // namespace syncline::exec
