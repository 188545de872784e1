#include <fmt/format.h>

#include <algorithm>

#include "runtime/observe/observers.h"
#include "runtime/observe/text_parts.h"
#include "stdlib/base/text.h"

namespace syncline::observe {
namespace {

constexpr std::size_t kShownTables = 8;
constexpr int kDefaultWidth = 100;

double rate(const TableProgress& table) {
  return table.seconds > 0 ? static_cast<double>(table.rows) / table.seconds : 0;
}

/// "61 %", or nothing where the size is not known. Estimates may be too low: never above 99 before the end.
std::string share(const TableProgress& table) {
  if (table.expected_rows <= 0) return "";
  const auto percent = table.rows * 100 / static_cast<std::uint64_t>(table.expected_rows);
  return fmt::format("{} %", std::min<std::uint64_t>(percent, 99));
}

std::string time_left(const TableProgress& table) {
  const double left = static_cast<double>(table.expected_rows) - static_cast<double>(table.rows);
  if (table.state != TableState::loading) return to_string(table.state);
  if (table.expected_rows <= 0 || left <= 0 || rate(table) <= 0) return "";
  return text::human_duration(left / rate(table)) + " left";
}

class TerminalObserver : public RunObserver {
 public:
  explicit TerminalObserver(Screen screen) : screen_(std::move(screen)) {}

  void run_started(const std::string& run_id, std::size_t tables) override {
    above(fmt::format("run {}: {}", run_id, counted(tables, "table")));
  }

  void table_changed(const TableProgress& table) override {
    if (table.state == TableState::done && table.errors.empty()) rows_done_ += table.rows;
    const bool ended = table.state == TableState::done || table.state == TableState::failed;
    if (!ended || table.errors.empty()) return;
    const auto& error = table.errors.back();
    above(paint("✗ ", "31", screen_.color) + way(table) + ": " + std::string(diag::info(error.code).text) + ": " +
          text::printable(error.message));
  }

  void tick(const std::vector<TableProgress>& running, std::size_t done, std::size_t failed, std::size_t total) override {
    clear();
    const std::size_t width = columns();
    std::vector<std::string> lines = table_lines(running, width);
    lines.push_back(fitted(total_line(running, done, failed, total), width));
    for (const auto& line : lines) screen_.progress << line << '\n';
    drawn_ = lines.size();
    screen_.progress.flush();
  }

  void note(const std::string& line) override { above(text::printable(line)); }

  void run_finished(const RunSummary& summary) override {
    clear();
    screen_.progress.flush();
    screen_.result << closing_text(summary, screen_.color);
    screen_.result.flush();
  }

 private:
  [[nodiscard]] std::size_t columns() const {
    const int width = screen_.width ? screen_.width() : kDefaultWidth;
    return static_cast<std::size_t>(width > 20 ? width - 1 : kDefaultWidth);
  }

  /// Takes the block away; what follows is drawn in its place.
  void clear() {
    if (drawn_ > 0) screen_.progress << fmt::format("\x1b[{}A\x1b[J", drawn_);
    drawn_ = 0;
  }

  void above(const std::string& line) {
    clear();
    screen_.progress << line << '\n';
    screen_.progress.flush();
  }

  /// Loading tables first; those that wait for their unit are only counted when there are many.
  static std::vector<std::string> table_lines(const std::vector<TableProgress>& running, std::size_t width) {
    std::vector<TableProgress> shown = running;
    std::stable_sort(shown.begin(), shown.end(), [](const TableProgress& a, const TableProgress& b) {
      return (a.state == TableState::loading) > (b.state == TableState::loading);
    });
    const std::size_t hidden = shown.size() > kShownTables ? shown.size() - kShownTables : 0;
    shown.resize(shown.size() - hidden);
    std::vector<std::vector<std::string>> rows;
    for (const auto& table : shown) {
      const std::string speed = counted(static_cast<std::uint64_t>(rate(table)), "row") + "/s";
      rows.push_back({fitted(way(table), width / 2), counted(table.rows, "row"), share(table), speed, time_left(table)});
    }
    std::vector<std::string> lines = split(table_text(rows, {false, true, true, true, true}), width);
    if (hidden > 0) lines.push_back(fmt::format("  … and {}", counted(hidden, "more table")));
    return lines;
  }

  static std::vector<std::string> split(const std::string& text, std::size_t width) {
    std::vector<std::string> lines;
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t end = text.find('\n', at);
      lines.push_back(fitted(std::string_view(text).substr(at, end - at), width));
      at = end + 1;
    }
    return lines;
  }

  [[nodiscard]] std::string total_line(const std::vector<TableProgress>& running, std::size_t done, std::size_t failed,
                                       std::size_t total) const {
    std::uint64_t rows = rows_done_;
    double speed = 0;
    for (const auto& table : running) {
      rows += table.rows;
      speed += table.state == TableState::loading ? rate(table) : 0;
    }
    const std::string failures = failed > 0 ? fmt::format(", {} failed", failed) : "";
    return fmt::format("{} of {}{}  {}  {}/s", done, counted(total, "table"), failures, counted(rows, "row"),
                       counted(static_cast<std::uint64_t>(speed), "row"));
  }

  Screen screen_;
  std::size_t drawn_ = 0;
  std::uint64_t rows_done_ = 0;
};

}  // namespace

std::unique_ptr<RunObserver> make_terminal_observer(Screen screen) {
  return std::make_unique<TerminalObserver>(std::move(screen));
}

}  // namespace syncline::observe
