#include <fmt/format.h>

#include <algorithm>

#include "runtime/observe/observers.h"
#include "runtime/observe/text_parts.h"
#include "runtime/observe/whole_run.h"
#include "stdlib/base/text.h"

namespace syncline::observe {
namespace {

constexpr std::size_t kShownTables = 8;
constexpr int kDefaultWidth = 100;
constexpr std::size_t kNarrowestName = 12;

std::string time_left(const TableProgress& table) {
  if (table.state != TableState::loading) return to_string(table.state);
  return observe::time_left(table.rows, table.expected_rows, rate(table));
}

/// Widest text of one column.
std::size_t column_width(const std::vector<std::vector<std::string>>& rows, std::size_t column) {
  std::size_t width = 0;
  for (const auto& row : rows) width = std::max(width, text::display_width(row[column]));
  return width;
}

/// Names give way first: the numbers stay readable on a narrow terminal.
void shorten_names(std::vector<std::vector<std::string>>& rows, std::size_t width) {
  if (rows.empty()) return;
  std::size_t others = 2;
  for (std::size_t column = 1; column < rows.front().size(); ++column) others += 2 + column_width(rows, column);
  const std::size_t room = std::max(kNarrowestName, width > others ? width - others : 0);
  for (auto& row : rows) row.front() = fitted(row.front(), room);
}

class TerminalObserver : public RunObserver {
 public:
  explicit TerminalObserver(Screen screen) : screen_(std::move(screen)) {}

  void run_started(const std::string& run_id, std::size_t tables) override {
    above(fmt::format("run {}: {}", run_id, counted(tables, "table")));
  }

  void size_estimated(std::uint64_t rows, std::size_t unknown) override { whole_.estimated(rows, unknown); }

  void table_changed(const TableProgress& table) override {
    whole_.changed(table);
    const bool ended = table.state == TableState::done || table.state == TableState::failed;
    if (!ended || table.errors.empty()) return;
    const auto& error = table.errors.back();
    above(paint("✗ ", "31", screen_.color) + way(table) + ": " + std::string(diag::info(error.code).text) + ": " +
          text::printable(error.message));
  }

  void tick(const std::vector<TableProgress>& running, std::size_t done, std::size_t failed, std::size_t total) override {
    const std::size_t width = columns();
    std::string text = to_top();
    lines_ = table_lines(running, width);
    const std::string failures = failed > 0 ? fmt::format(", {} failed", failed) : "";
    lines_.push_back(
        fitted(fmt::format("{} of {}{}  {}", done, counted(total, "table"), failures, whole_.text(running, "  ")), width));
    write(text);
  }

  void note(const std::string& line) override { above(text::printable(line)); }

  void run_finished(const RunSummary& summary) override {
    const std::string up = to_top();
    lines_.clear();
    if (!up.empty()) write(up);
    screen_.result << closing_text(summary, screen_.color);
    screen_.result.flush();
  }

 private:
  [[nodiscard]] std::size_t columns() const {
    const int width = screen_.width ? screen_.width() : kDefaultWidth;
    return static_cast<std::size_t>(width <= 0 ? kDefaultWidth : std::max(1, width - 1));
  }

  [[nodiscard]] std::size_t most_tables() const {
    const int height = screen_.height ? screen_.height() : 0;
    return height <= 0 ? kShownTables
                       : std::min<std::size_t>(kShownTables, height > 4 ? static_cast<std::size_t>(height) - 4 : 1);
  }

  /// Moves the cursor to the first line of the block. A terminal that became narrower has wrapped its lines.
  [[nodiscard]] std::string to_top() const {
    const auto width = static_cast<std::size_t>(std::max(1, screen_.width ? screen_.width() : kDefaultWidth));
    std::size_t rows = 0;
    for (const auto& line : lines_) rows += std::max<std::size_t>(1, (text::display_width(line) + width - 1) / width);
    return rows == 0 ? "" : fmt::format("\x1b[{}A\r", rows);
  }

  /// One write for a whole picture, each line replaced in place: nothing flickers.
  void write(std::string text) {
    const bool again = !text.empty();
    for (const auto& line : lines_) text += line + (again ? "\x1b[K\n" : "\n");
    if (again) text += "\x1b[J";
    screen_.progress << text;
    screen_.progress.flush();
  }

  /// A line that stays, with the block drawn again below it.
  void above(const std::string& line) {
    std::string text = to_top();
    const bool again = !text.empty();
    text += line + (again ? "\x1b[K\n" : "\n");
    if (!again) {
      screen_.progress << text;
      screen_.progress.flush();
      return;
    }
    write(text);
  }

  /// Loading tables first; those that wait for their unit are only counted when there are many.
  [[nodiscard]] std::vector<std::string> table_lines(const std::vector<TableProgress>& running, std::size_t width) const {
    std::vector<TableProgress> shown = running;
    std::stable_sort(shown.begin(), shown.end(), [](const TableProgress& a, const TableProgress& b) {
      return (a.state == TableState::loading) > (b.state == TableState::loading);
    });
    const std::size_t hidden = shown.size() - std::min(shown.size(), most_tables());
    shown.resize(shown.size() - hidden);
    std::vector<std::vector<std::string>> rows;
    for (const auto& table : shown) {
      const auto per_second = static_cast<std::uint64_t>(rate(table));
      const std::string speed = per_second == 0 ? "" : counted(per_second, "row") + "/s";
      rows.push_back({way(table), counted(table.rows, "row"), share(table.rows, table.expected_rows), speed, time_left(table)});
    }
    shorten_names(rows, width);
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

  Screen screen_;
  std::vector<std::string> lines_;  ///< the block as it stands on the terminal
  WholeRun whole_;
};

}  // namespace

std::unique_ptr<RunObserver> make_terminal_observer(Screen screen) {
  return std::make_unique<TerminalObserver>(std::move(screen));
}

}  // namespace syncline::observe
