#include <fmt/format.h>

#include <chrono>

#include "runtime/observe/observers.h"
#include "runtime/observe/text_parts.h"
#include "runtime/observe/whole_run.h"
#include "stdlib/base/text.h"

namespace syncline::observe {
namespace {

constexpr double kProgressSeconds = 10;

class LineObserver : public RunObserver {
 public:
  LineObserver(Screen screen, Seconds seconds) : screen_(std::move(screen)), seconds_(std::move(seconds)), last_(seconds_()) {}

  void run_started(const std::string& run_id, std::size_t tables) override {
    say(fmt::format("run {}: {}", run_id, counted(tables, "table")));
  }

  void size_estimated(std::uint64_t rows, std::size_t unknown) override { whole_.estimated(rows, unknown); }

  void table_changed(const TableProgress& table) override {
    whole_.changed(table);
    switch (table.state) {
      case TableState::loading:
        return say("start " + way(table));
      case TableState::done:
        return done(table);
      case TableState::failed:
        return failed(table);
      case TableState::waiting:
        if (!table.notes.empty()) say("again " + way(table) + ": " + text::printable(table.notes.back()));
        return;
      case TableState::building:
      case TableState::publishing:
      case TableState::skipped:
        return;
    }
  }

  void tick(const std::vector<TableProgress>& running, std::size_t done, std::size_t failed, std::size_t total) override {
    if (seconds_() - last_ < kProgressSeconds) return;
    last_ = seconds_();
    const std::string failures = failed > 0 ? fmt::format(", {} failed", failed) : "";
    say(fmt::format("{} of {} done{}, {} running; {}", done, counted(total, "table"), failures, running.size(),
                    whole_.text(running, ", ")));
    for (const auto& table : running) {
      if (table.state == TableState::loading) say(running_line(table));
    }
  }

  void note(const std::string& line) override { say(text::printable(line)); }

  void run_finished(const RunSummary& summary) override {
    screen_.result << closing_text(summary, screen_.color);
    screen_.result.flush();
  }

 private:
  void say(const std::string& line) {
    screen_.progress << line << '\n';
    screen_.progress.flush();
  }

  static std::string running_line(const TableProgress& table) {
    const std::string percent = share(table.rows, table.expected_rows);
    return fmt::format("  {}: {}{}{}", way(table), counted(table.rows, "row"), percent.empty() ? "" : ", ", percent);
  }

  void done(const TableProgress& table) {
    if (!table.errors.empty()) return failed(table);
    say(fmt::format("done {}: {}, {}, {}", way(table), counted(table.rows, "row"), text::human_bytes(table.bytes),
                    text::human_duration(table.seconds)));
  }

  void failed(const TableProgress& table) {
    const auto& error = table.errors.back();
    say(fmt::format("{} {}: {}: {}", table.state == TableState::done ? "warn" : "fail", way(table), diag::info(error.code).text,
                    text::printable(error.message)));
  }

  Screen screen_;
  Seconds seconds_;
  double last_;
  WholeRun whole_;
};

}  // namespace

Seconds steady_seconds() {
  return [] { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); };
}

std::unique_ptr<RunObserver> make_line_observer(Screen screen, Seconds seconds) {
  return std::make_unique<LineObserver>(std::move(screen), std::move(seconds));
}

}  // namespace syncline::observe
