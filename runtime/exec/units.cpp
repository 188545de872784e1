#include "runtime/exec/units.h"

#include <algorithm>
#include <map>
#include <string>

namespace syncline::exec {
namespace {

constexpr std::uint64_t kSmallTable = 2U << 20U;
constexpr std::uint64_t kUnitBytes = 32U << 20U;
constexpr std::uint64_t kUnknownTable = 1U << 20U;
constexpr std::uint64_t kRowBytes = 100;  ///< where only rows are estimated
constexpr int kUnitsPerWorker = 2;

bool may_share(const TableJob& job) {
  if (job.plan->split || job.step->records_progress || job.next != nullptr) return false;
  if (!job.plan->before.empty() || !job.plan->after.empty()) return false;
  return job.step->staging == types::Staging::one_transaction && expected_bytes(*job.plan) <= kSmallTable;
}

using Lane = std::pair<const plan::Sync*, int>;

std::size_t tables_per_unit(std::size_t small, const UnitLimits& limits) {
  const std::size_t units = static_cast<std::size_t>(std::max(1, limits.parallel)) * kUnitsPerWorker;
  const std::size_t even = (small + units - 1) / units;
  return std::clamp<std::size_t>(even, 1, static_cast<std::size_t>(std::max(1, limits.tables_per_transaction)));
}

void pack(const std::vector<TableJob*>& small, std::size_t most, std::deque<Unit>& units) {
  std::uint64_t bytes = 0;
  bool open = false;
  for (TableJob* job : small) {
    const std::uint64_t more = expected_bytes(*job->plan);
    if (!open || units.back().tables.size() >= most || bytes + more > kUnitBytes) {
      units.emplace_back();
      bytes = 0;
      open = true;
    }
    units.back().tables.push_back(job);
    bytes += more;
  }
}

}  // namespace

std::uint64_t expected_bytes(const plan::Table& table) {
  if (table.source_schema.byte_estimate >= 0) return static_cast<std::uint64_t>(table.source_schema.byte_estimate);
  if (table.source_schema.row_estimate >= 0) return static_cast<std::uint64_t>(table.source_schema.row_estimate) * kRowBytes;
  return kUnknownTable;
}

std::deque<Unit> make_units(const std::vector<TableJob*>& jobs, const UnitLimits& limits) {
  std::deque<Unit> units;
  std::map<Lane, std::vector<TableJob*>> small;
  std::size_t small_count = 0;
  std::vector<TableJob*> large;
  for (TableJob* job : jobs) {
    const bool shared = limits.tables_per_transaction > 1 && may_share(*job);
    if (shared) small[{job->sync, job->plan->snapshot_group}].push_back(job);
    if (!shared) large.push_back(job);
    small_count += shared ? 1 : 0;
  }
  std::stable_sort(large.begin(), large.end(),
                   [](const TableJob* a, const TableJob* b) { return expected_bytes(*a->plan) > expected_bytes(*b->plan); });
  for (TableJob* job : large) units.push_back(Unit{{job}, 1, 0, {}});
  for (const auto& [lane, tables] : small) pack(tables, tables_per_unit(small_count, limits), units);
  return units;
}

}  // namespace syncline::exec
