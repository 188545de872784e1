#include "runtime/exec/board.h"

#include <iterator>

namespace syncline::exec {

using observe::TableState;

double Board::seconds_since(Clock::time_point moment) {
  return std::chrono::duration<double>(Clock::now() - moment).count();
}

TableId Board::add(std::string address, std::string target, std::int64_t expected_rows) {
  Entry entry;
  entry.shown.address = std::move(address);
  entry.shown.target = std::move(target);
  entry.shown.expected_rows = expected_rows;
  entries_.push_back(std::move(entry));
  return entries_.size() - 1;
}

void Board::run_started(const std::string& run_id) {
  const std::lock_guard lock(mutex_);
  run_started_ = Clock::now();
  observer_.run_started(run_id, entries_.size());
  std::uint64_t rows = 0;
  std::size_t unknown = 0;
  for (const Entry& entry : entries_) {
    if (entry.shown.expected_rows < 0)
      ++unknown;
    else
      rows += static_cast<std::uint64_t>(entry.shown.expected_rows);
  }
  observer_.size_estimated(rows, unknown);
}

void Board::start(TableId table, int attempt) {
  const std::lock_guard lock(mutex_);
  Entry& entry = entries_[table];
  any_started_ = true;
  entry.started = Clock::now();
  entry.shown.attempt = attempt;
  entry.shown.rows = entry.shown.bytes = 0;
  entry.shown.seconds = 0;
  entry.shown.state = TableState::loading;
  observer_.table_changed(entry.shown);
}

void Board::enter(TableId table, TableState state) {
  const std::lock_guard lock(mutex_);
  Entry& entry = entries_[table];
  entry.shown.state = state;
  entry.shown.seconds = seconds_since(entry.started);
  observer_.table_changed(entry.shown);
}

void Board::add_rows(TableId table, std::uint64_t rows, std::uint64_t bytes) {
  const std::lock_guard lock(mutex_);
  entries_[table].shown.rows += rows;
  entries_[table].shown.bytes += bytes;
}

void Board::postpone(TableId table, const std::string& reason) {
  const std::lock_guard lock(mutex_);
  Entry& entry = entries_[table];
  entry.shown.state = TableState::waiting;
  if (!reason.empty()) entry.shown.notes.push_back(reason);
  observer_.table_changed(entry.shown);
}

Board::Entry& Board::end(TableId table, TableState state) {
  Entry& entry = entries_[table];
  const bool ran = entry.started != Clock::time_point();
  entry.shown.state = state;
  entry.shown.seconds = ran ? seconds_since(entry.started) : 0;
  entry.final = true;
  return entry;
}

void Board::finish(TableId table, std::string how, std::vector<std::string> notes) {
  const std::lock_guard lock(mutex_);
  Entry& entry = end(table, TableState::done);
  any_started_ = true;
  entry.shown.how = std::move(how);
  std::move(notes.begin(), notes.end(), std::back_inserter(entry.shown.notes));
  observer_.table_changed(entry.shown);
}

void Board::fail(TableId table, std::vector<diag::Diagnostic> errors) {
  const std::lock_guard lock(mutex_);
  Entry& entry = end(table, TableState::failed);
  std::move(errors.begin(), errors.end(), std::back_inserter(entry.shown.errors));
  observer_.table_changed(entry.shown);
}

void Board::skip(TableId table, diag::Diagnostic why) {
  const std::lock_guard lock(mutex_);
  Entry& entry = end(table, TableState::skipped);
  entry.shown.errors.push_back(std::move(why));
  observer_.table_changed(entry.shown);
}

void Board::complain(TableId table, diag::Diagnostic error) {
  const std::lock_guard lock(mutex_);
  entries_[table].shown.errors.push_back(std::move(error));
  observer_.table_changed(entries_[table].shown);
}

void Board::add_note(TableId table, std::string note) {
  const std::lock_guard lock(mutex_);
  entries_[table].shown.notes.push_back(std::move(note));
}

void Board::remark(TableId table, std::vector<std::string> notes) {
  const std::lock_guard lock(mutex_);
  Entry& entry = entries_[table];
  std::move(notes.begin(), notes.end(), std::back_inserter(entry.shown.notes));
  observer_.table_remarked(entry.shown);
}

void Board::run_error(diag::Diagnostic error) {
  const std::lock_guard lock(mutex_);
  run_errors_.push_back(std::move(error));
}

void Board::note(const std::string& line) {
  const std::lock_guard lock(mutex_);
  observer_.note(line);
}

void Board::tick() {
  const std::lock_guard lock(mutex_);
  std::vector<observe::TableProgress> running;
  std::size_t done = 0;
  std::size_t failed = 0;
  for (Entry& entry : entries_) {
    const TableState state = entry.shown.state;
    done += state == TableState::done ? 1 : 0;
    failed += state == TableState::failed || state == TableState::skipped ? 1 : 0;
    if (entry.final || state == TableState::waiting) continue;
    entry.shown.seconds = seconds_since(entry.started);
    running.push_back(entry.shown);
  }
  observer_.tick(running, done, failed, entries_.size());
}

TableState Board::state(TableId table) const {
  const std::lock_guard lock(mutex_);
  return entries_[table].shown.state;
}

bool Board::any_started() const {
  const std::lock_guard lock(mutex_);
  return any_started_;
}

observe::RunSummary Board::finish_run(const std::string& run_id, bool interrupted, std::vector<std::string> notes) {
  const std::lock_guard lock(mutex_);
  observe::RunSummary summary;
  summary.run_id = run_id;
  summary.seconds = seconds_since(run_started_);
  summary.interrupted = interrupted;
  for (const Entry& entry : entries_) summary.tables.push_back(entry.shown);
  summary.run_errors = run_errors_;
  summary.notes = std::move(notes);
  observer_.run_finished(summary);
  return summary;
}

}  // namespace syncline::exec
