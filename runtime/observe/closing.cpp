#include <fmt/format.h>

#include <map>

#include "runtime/observe/observers.h"
#include "runtime/observe/text_parts.h"
#include "stdlib/base/text.h"

namespace syncline::observe {
namespace {

constexpr std::size_t kShownFailures = 20;

std::vector<std::string> row_of(const TableProgress& table) {
  const bool done = table.state == TableState::done;
  const std::string sign = !done ? "✗" : table.errors.empty() ? "✓" : "!";
  if (!done) return {sign, way(table), to_string(table.state), "", "", ""};
  return {sign,
          way(table),
          table.how,
          counted(table.rows, "row"),
          text::human_bytes(table.bytes),
          text::human_duration(table.seconds)};
}

std::string closing_table(const RunSummary& summary) {
  std::vector<std::vector<std::string>> rows;
  for (const auto& table : summary.tables) {
    if (table.state != TableState::skipped) rows.push_back(row_of(table));
  }
  return table_text(rows, {false, false, false, true, true, true});
}

std::string notes(const RunSummary& summary) {
  std::string out;
  for (const auto& table : summary.tables) {
    for (const auto& note : table.notes) out += fmt::format("  note: {}: {}\n", way(table), text::printable(note));
  }
  for (const auto& note : summary.notes) out += fmt::format("  note: {}\n", text::printable(note));
  return out;
}

/// Every failure; of those that were not started only how many, by reason.
std::string failures(const RunSummary& summary, bool color) {
  std::string out;
  std::size_t shown = 0;
  std::size_t hidden = 0;
  std::map<std::string, std::size_t> skipped;
  for (const auto& error : summary.run_errors) out += error_text(error, color);
  for (const auto& table : summary.tables) {
    for (const auto& error : table.errors) {
      const bool left = table.state == TableState::skipped;
      if (left) ++skipped[error.message.substr(error.message.find(": ") + 2)];
      if (!left && shown++ < kShownFailures) out += error_text(error, color);
      hidden += !left && shown > kShownFailures ? 1 : 0;
    }
  }
  if (hidden > 0) out += fmt::format("and {} more\n", counted(hidden, "failure"));
  for (const auto& [reason, count] : skipped)
    out += fmt::format("{} not started: {}\n", counted(count, "table"), text::printable(reason));
  return out;
}

std::string advice(const RunSummary& summary, const Totals& sum) {
  if (summary.interrupted) return " Tables that were not finished keep their old content: run the same command again.";
  if (sum.failed + sum.skipped > 0)
    return " What failed keeps its old content: mend the cause above, then run the same command again.";
  if (sum.complaints > 0) return " All rows are there; mend what is named above, then run the same command again.";
  if (!summary.run_errors.empty()) return " Mend the cause above, then run the same command again.";
  return "";
}

}  // namespace

std::string closing_sentence(const RunSummary& summary) {
  const Totals sum = totals(summary);
  std::string out = fmt::format("{} succeeded", text::grouped(sum.done));
  if (sum.failed > 0) out += fmt::format(", {} failed", text::grouped(sum.failed));
  if (sum.skipped > 0) out += fmt::format(", {} not started", text::grouped(sum.skipped));
  const char* how = summary.interrupted ? ", interrupted after " : " in ";
  return out + how + text::human_duration(summary.seconds) + "." + advice(summary, sum) + " Details: syncline history " +
         summary.run_id;
}

std::string closing_text(const RunSummary& summary, bool color) {
  std::string out = closing_table(summary) + notes(summary);
  const std::string failed = failures(summary, color);
  if (!failed.empty()) out += "\n" + failed + "\n";
  return out + closing_sentence(summary) + "\n";
}

}  // namespace syncline::observe
