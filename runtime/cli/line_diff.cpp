#include "runtime/cli/line_diff.h"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>
#include <vector>

namespace syncline::cli {

namespace {

struct Line {
  char mark;  ///< ' ', '-', '+'
  std::string text;
};

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  if (!text.empty() && text.back() != '\n') lines.back() += "\n\\ No newline at end of file";
  return lines;
}

/// Longest common subsequence over lines; scripts are short, so the quadratic table is fine.
std::vector<Line> edits(const std::vector<std::string>& before, const std::vector<std::string>& after) {
  const std::size_t rows = before.size(), columns = after.size();
  std::vector<std::vector<std::uint32_t>> common(rows + 1, std::vector<std::uint32_t>(columns + 1, 0));
  for (std::size_t i = rows; i-- > 0;)
    for (std::size_t j = columns; j-- > 0;)
      common[i][j] = before[i] == after[j] ? common[i + 1][j + 1] + 1 : std::max(common[i + 1][j], common[i][j + 1]);
  std::vector<Line> result;
  std::size_t i = 0, j = 0;
  while (i < rows || j < columns) {
    if (i < rows && j < columns && before[i] == after[j]) {
      result.push_back({' ', before[i]});
      ++i, ++j;
    } else if (i < rows && (j == columns || common[i + 1][j] >= common[i][j + 1])) {
      result.push_back({'-', before[i++]});
    } else {
      result.push_back({'+', after[j++]});
    }
  }
  return result;
}

}  // namespace

std::string line_diff(const std::string& name, const std::string& before, const std::string& after, const std::string& what) {
  if (before == after) return {};
  const std::vector<Line> lines = edits(lines_of(before), lines_of(after));
  constexpr std::size_t context = 3;
  std::string out = fmt::format("--- {}\n+++ {} ({})\n", name, name, what);
  std::size_t old_line = 1, new_line = 1, at = 0;
  while (at < lines.size()) {
    if (lines[at].mark == ' ') {
      ++at, ++old_line, ++new_line;
      continue;
    }
    const std::size_t first = at - std::min(at, context);
    std::size_t last = at;  // the last changed line of this hunk: gaps of up to two contexts are bridged
    for (std::size_t k = at; k < lines.size() && k <= last + 2 * context; ++k)
      if (lines[k].mark != ' ') last = k;
    const std::size_t end = std::min(lines.size(), last + context + 1);
    std::size_t removed = 0, added = 0;
    for (std::size_t k = first; k < end; ++k) {
      removed += lines[k].mark != '+';
      added += lines[k].mark != '-';
    }
    out += fmt::format("@@ -{},{} +{},{} @@\n", old_line - (at - first), removed, new_line - (at - first), added);
    for (std::size_t k = first; k < end; ++k) out += fmt::format("{}{}\n", lines[k].mark, lines[k].text);
    for (; at < end; ++at) {
      old_line += lines[at].mark != '+';
      new_line += lines[at].mark != '-';
    }
  }
  return out;
}

}  // namespace syncline::cli
