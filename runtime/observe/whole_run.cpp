#include "runtime/observe/whole_run.h"

#include <fmt/format.h>

#include <algorithm>

#include "runtime/observe/text_parts.h"
#include "stdlib/base/text.h"

namespace syncline::observe {

double rate(const TableProgress& table) {
  return table.seconds > 0 ? static_cast<double>(table.rows) / table.seconds : 0;
}

std::string share(std::uint64_t rows, std::int64_t expected) {
  if (expected <= 0) return "";
  const double percent = static_cast<double>(rows) * 100 / static_cast<double>(expected);
  return fmt::format("{} %", static_cast<int>(std::min(percent, 99.0)));
}

std::string time_left(std::uint64_t rows, std::int64_t expected, double rows_per_second) {
  const double left = static_cast<double>(expected) - static_cast<double>(rows);
  if (expected <= 0 || left <= 0 || rows_per_second <= 0) return "";
  return text::human_duration(left / rows_per_second) + " left";
}

void WholeRun::estimated(std::uint64_t rows, std::size_t unknown) {
  known_ = true;
  waiting_rows_ = static_cast<std::int64_t>(rows);
  unknown_ = unknown;
}

/// The rows of failed and skipped tables will not come: only those of done ones count. A table may end twice (done, then a
/// complaint): the first time counts.
void WholeRun::changed(const TableProgress& table) {
  if (table.state != TableState::done && table.state != TableState::failed && table.state != TableState::skipped) return;
  if (!ended_.insert(table.address).second) return;
  if (table.expected_rows >= 0) waiting_rows_ -= table.expected_rows;
  if (table.expected_rows < 0 && unknown_ > 0) --unknown_;
  if (table.state == TableState::done) ended_rows_ += table.rows;
}

std::uint64_t WholeRun::rows(const std::vector<TableProgress>& running) const {
  std::uint64_t sum = ended_rows_;
  for (const auto& table : running) sum += table.rows;
  return sum;
}

/// A running table that has outgrown its estimate is as large as it is now.
std::int64_t WholeRun::expected(const std::vector<TableProgress>& running) const {
  if (!known_ || unknown_ > 0) return -1;
  std::int64_t sum = static_cast<std::int64_t>(ended_rows_) + waiting_rows_;
  for (const auto& table : running) {
    const auto now = static_cast<std::int64_t>(table.rows);
    const bool loaded = table.state != TableState::loading;
    if (loaded || now > table.expected_rows) sum += now - table.expected_rows;
  }
  return sum;
}

std::string WholeRun::text(const std::vector<TableProgress>& running, std::string_view between) const {
  double speed = 0;
  for (const auto& table : running) speed += table.state == TableState::loading ? rate(table) : 0;
  const std::uint64_t now = rows(running);
  std::vector<std::string> parts{counted(now, "row"), share(now, expected(running)),
                                 counted(static_cast<std::uint64_t>(speed), "row") + "/s",
                                 time_left(now, expected(running), speed)};
  if (speed < 1) parts[2].clear();
  parts.erase(std::remove(parts.begin(), parts.end(), std::string()), parts.end());
  return fmt::format("{}", fmt::join(parts, between));
}

}  // namespace syncline::observe
