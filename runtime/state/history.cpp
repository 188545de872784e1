#include "runtime/state/history.h"

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "runtime/observe/clock.h"
#include "runtime/state/database.h"

namespace syncline::state {
namespace {

using observe::TableState;

constexpr const char* kRunColumns =
    "run_id, started_at, coalesce(finished_at, ''), outcome, scripts, tables, succeeded, failed, skipped, rows, bytes, seconds, "
    "coalesce(error_code, ''), coalesce(error, ''), host, pid FROM runs";

std::string host_name() {
  std::array<char, 256> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? std::string(name.data()) : std::string();
}

std::string now_text() {
  return observe::wall_text(observe::wall_micros());
}

struct Counts {
  std::int64_t done = 0, failed = 0, skipped = 0;
  std::uint64_t rows = 0, bytes = 0;
  bool complaints = false;  ///< a finished table with an error
};

Counts count(const observe::RunSummary& summary) {
  Counts counts;
  for (const auto& table : summary.tables) {
    counts.done += table.state == TableState::done ? 1 : 0;
    counts.failed += table.state == TableState::failed ? 1 : 0;
    counts.skipped += table.state == TableState::skipped ? 1 : 0;
    if (table.state != TableState::done) continue;
    counts.rows += table.rows;
    counts.bytes += table.bytes;
    counts.complaints |= !table.errors.empty();
  }
  return counts;
}

const char* outcome_of(const observe::RunSummary& summary, const Counts& counts) {
  if (summary.interrupted) return "interrupted";
  if (counts.failed + counts.skipped == 0 && !counts.complaints && summary.run_errors.empty()) return "succeeded";
  return counts.done > 0 ? "partial" : "failed";
}

std::string first_code(const std::vector<diag::Diagnostic>& errors) {
  return errors.empty() ? std::string() : std::string(diag::info(errors.front().code).text);
}
std::string first_message(const std::vector<diag::Diagnostic>& errors) {
  return errors.empty() ? std::string() : errors.front().message;
}

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const auto& line : lines) text += (text.empty() ? "" : "\n") + line;
  return text;
}

RunRow read_run(const Statement& row) {
  RunRow run;
  run.run_id = row.text(0);
  run.started_at = row.text(1);
  run.finished_at = row.text(2);
  run.outcome = row.text(3);
  run.scripts = row.text(4);
  run.tables = row.integer(5);
  run.succeeded = row.integer(6);
  run.failed = row.integer(7);
  run.skipped = row.integer(8);
  run.rows = static_cast<std::uint64_t>(row.integer(9));
  run.bytes = static_cast<std::uint64_t>(row.integer(10));
  run.seconds = row.real(11);
  run.error_code = row.text(12);
  run.error = row.text(13);
  const bool here = row.text(14) == host_name();
  const bool gone = ::kill(static_cast<pid_t>(row.integer(15)), 0) != 0 && errno == ESRCH;
  if (run.outcome == "running" && here && gone) run.outcome = "killed";
  return run;
}

TableRow read_table(const Statement& row) {
  TableRow table;
  table.address = row.text(0);
  table.target = row.text(1);
  table.state = row.text(2);
  table.rows = static_cast<std::uint64_t>(row.integer(3));
  table.bytes = static_cast<std::uint64_t>(row.integer(4));
  table.seconds = row.real(5);
  table.how = row.text(6);
  table.attempt = static_cast<int>(row.integer(7));
  table.finished_at = row.text(8);
  table.error_code = row.text(9);
  table.error = row.text(10);
  table.notes = row.text(11);
  return table;
}

}  // namespace

struct History::Impl {
  std::string path;
  Database database;
};

History::History(const std::string& folder) : impl_(new Impl{folder + "/state.db", open_state(folder)}) {}
History::~History() = default;
History::History(History&&) noexcept = default;

const std::string& History::path() const {
  return impl_->path;
}

void History::begin_run(const RunRow& run) {
  Statement(impl_->database.get(),
            "INSERT INTO runs (run_id, started_at, outcome, scripts, host, pid, tables) VALUES (?, ?, 'running', ?, ?, ?, ?)")
      .bind(run.run_id)
      .bind(run.started_at)
      .bind(run.scripts)
      .bind(host_name())
      .bind(static_cast<std::int64_t>(::getpid()))
      .bind(run.tables)
      .step();
}

void History::finish_table(const std::string& run_id, const observe::TableProgress& table) {
  Statement(impl_->database.get(),
            "INSERT OR REPLACE INTO run_tables (run_id, address, target, state, rows, bytes, seconds, how, attempt, finished_at, "
            "error_code, error, notes) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
      .bind(run_id)
      .bind(table.address)
      .bind(table.target)
      .bind(observe::to_string(table.state))
      .bind(static_cast<std::int64_t>(table.rows))
      .bind(static_cast<std::int64_t>(table.bytes))
      .bind(table.seconds)
      .bind(table.how)
      .bind(static_cast<std::int64_t>(table.attempt))
      .bind(now_text())
      .bind_or_null(first_code(table.errors))
      .bind_or_null(first_message(table.errors))
      .bind(joined(table.notes))
      .step();
}

void History::finish_run(const observe::RunSummary& summary) {
  const Counts counts = count(summary);
  Statement(
      impl_->database.get(),
      "UPDATE runs SET finished_at = ?, outcome = ?, succeeded = ?, failed = ?, skipped = ?, rows = ?, bytes = ?, seconds = ?, "
      "error_code = ?, error = ? WHERE run_id = ?")
      .bind(now_text())
      .bind(outcome_of(summary, counts))
      .bind(counts.done)
      .bind(counts.failed)
      .bind(counts.skipped)
      .bind(static_cast<std::int64_t>(counts.rows))
      .bind(static_cast<std::int64_t>(counts.bytes))
      .bind(summary.seconds)
      .bind_or_null(first_code(summary.run_errors))
      .bind_or_null(first_message(summary.run_errors))
      .bind(summary.run_id)
      .step();
}

std::vector<RunRow> History::list(int limit, bool failed_only) {
  const std::string condition = failed_only ? " WHERE outcome <> 'succeeded'" : "";
  Statement rows(impl_->database.get(),
                 ("SELECT " + std::string(kRunColumns) + condition + " ORDER BY run_id DESC LIMIT ?").c_str());
  rows.bind(static_cast<std::int64_t>(limit));
  std::vector<RunRow> found;
  while (rows.step()) {
    RunRow run = read_run(rows);
    if (!failed_only || run.outcome != "running") found.push_back(std::move(run));
  }
  return found;
}

std::optional<RunRow> History::find(const std::string& run_id_or_beginning) {
  Statement rows(impl_->database.get(),
                 ("SELECT " + std::string(kRunColumns) + " WHERE substr(run_id, 1, length(?1)) = ?1 LIMIT 2").c_str());
  rows.bind(run_id_or_beginning);
  if (run_id_or_beginning.empty() || !rows.step()) return std::nullopt;
  RunRow found = read_run(rows);
  if (rows.step()) return std::nullopt;
  return found;
}

std::vector<TableRow> History::show(const std::string& run_id) {
  Statement rows(impl_->database.get(),
                 "SELECT address, target, state, rows, bytes, seconds, how, attempt, finished_at, coalesce(error_code, ''), "
                 "coalesce(error, ''), notes FROM run_tables WHERE run_id = ? ORDER BY address");
  rows.bind(run_id);
  std::vector<TableRow> found;
  while (rows.step()) found.push_back(read_table(rows));
  return found;
}

}  // namespace syncline::state
