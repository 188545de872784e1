#include "connectors/sql/key_ranges.h"

#include <algorithm>
#include <charconv>

#include "connectors/sql/lists.h"

namespace syncline::connectors::sql {
namespace {

/// Keys with more gaps than rows by this much are cut by walking: ranges of equal width could differ that much in their rows.
constexpr std::int64_t kMostGaps = 4;
/// The catalogue's estimate is good enough from here on; below, counting costs next to nothing.
constexpr std::int64_t kWorthEstimating = 1'000'000;

std::string not_null(const std::vector<CutColumn>& columns) {
  std::vector<std::string> parts;
  for (const CutColumn& column : columns) {
    if (column.nullable) parts.push_back(column.compared + " IS NOT NULL");
  }
  return join(parts, " AND ");
}

/// `a > x OR (a = x AND (b > y …))`; NULL is behind nothing.
std::string behind(const std::vector<CutColumn>& columns, const KeyPosition& position, std::size_t at) {
  const std::string& column = columns[at].compared;
  const std::string more = column + " > " + position[at];
  if (at + 1 == columns.size()) return more;
  return more + " OR (" + column + " = " + position[at] + " AND (" + behind(columns, position, at + 1) + "))";
}

/// `a < x OR a IS NULL OR (a = x AND (b <= y …))`.
std::string not_behind(const std::vector<CutColumn>& columns, const KeyPosition& position, std::size_t at) {
  const std::string& column = columns[at].compared;
  const bool last = at + 1 == columns.size();
  std::string text = column + (last ? " <= " : " < ") + position[at];
  if (columns[at].nullable) text += " OR " + column + " IS NULL";
  if (last) return text;
  return text + " OR (" + column + " = " + position[at] + " AND (" + not_behind(columns, position, at + 1) + "))";
}

/// What follows for the first column alone, spelt out so that an index can begin with it.
std::string first_at_least(const std::vector<CutColumn>& columns, const KeyPosition& position) {
  return columns.size() == 1 ? std::string() : columns[0].compared + " >= " + position[0];
}
std::string first_at_most(const std::vector<CutColumn>& columns, const KeyPosition& position) {
  if (columns.size() == 1) return {};
  const std::string text = columns[0].compared + " <= " + position[0];
  return columns[0].nullable ? "(" + text + " OR " + columns[0].compared + " IS NULL)" : text;
}

class Cutting {
 public:
  Cutting(const CutTable& table, const CutRequest& request) : table_(table), request_(request) {}

  std::vector<KeyPosition> run() {
    if (request_.ranges < 2 || table_.columns.empty()) return {};
    rows_ = row_count();
    const bool numbers = table_.columns.size() == 1 && table_.columns[0].integer;
    if (table_.rehearsed) return rehearsed(numbers);
    if (rows_ < 2) return {};
    std::vector<KeyPosition> positions;
    if (numbers) positions = computed();
    return positions.empty() ? walked() : positions;
  }

 private:
  /// Asks what is asked of a table first; the answers would be positions.
  [[nodiscard]] std::vector<KeyPosition> rehearsed(bool numbers) {
    rows_ = std::max<std::int64_t>(request_.row_estimate, request_.ranges);
    if (numbers) static_cast<void>(computed());
    if (!numbers) static_cast<void>(stride({}, rows_ / request_.ranges));
    std::vector<KeyPosition> positions;
    for (int at = 1; at < request_.ranges; ++at) {
      KeyPosition& position = positions.emplace_back();
      for (std::size_t i = 0; i < table_.columns.size(); ++i)
        position.push_back("@split_" + std::to_string(at) + (i == 0 ? "" : "_" + std::to_string(i + 1)));
    }
    return positions;
  }

  [[nodiscard]] bool wanted() const { return !request_.wanted || request_.wanted(); }

  [[nodiscard]] std::string where(std::vector<std::string> parts) const {
    if (!table_.filter.empty()) parts.insert(parts.begin(), "(" + table_.filter + ")");
    parts.erase(std::remove(parts.begin(), parts.end(), std::string()), parts.end());
    return " FROM " + table_.from + (parts.empty() ? "" : " WHERE " + join(parts, " AND "));
  }

  /// Of rows without NULL: positions are sought among them.
  [[nodiscard]] std::int64_t row_count() const {
    const std::string counted = not_null(table_.columns);
    const bool estimated = counted.empty() && table_.filter.empty() && request_.row_estimate >= kWorthEstimating;
    if (estimated) return request_.row_estimate;
    const auto answer = table_.ask("SELECT count(*)" + where({counted}));
    return answer ? whole((*answer)[0]).value_or(0) : 0;
  }

  static std::optional<std::int64_t> whole(const std::optional<std::string>& text) {
    std::int64_t number = 0;
    if (!text) return std::nullopt;
    const auto read = std::from_chars(text->data(), text->data() + text->size(), number);
    return read.ec == std::errc() && read.ptr == text->data() + text->size() ? std::optional(number) : std::nullopt;
  }

  /// Nothing when the numbers are too far apart, or none that 64 bits hold.
  [[nodiscard]] std::vector<KeyPosition> computed() const {
    const CutColumn& column = table_.columns[0];
    const auto answer = table_.ask("SELECT min(" + column.compared + "), max(" + column.compared + ")" + where({}));
    if (!answer) return {};
    const auto least = whole((*answer)[0]);
    const auto greatest = whole((*answer)[1]);
    if (!least || !greatest) return {};
    const auto span = static_cast<std::uint64_t>(*greatest) - static_cast<std::uint64_t>(*least);
    if (span / kMostGaps >= static_cast<std::uint64_t>(rows_)) return {};
    const std::uint64_t ranges = std::min<std::uint64_t>(static_cast<std::uint64_t>(request_.ranges), span + 1);
    std::vector<KeyPosition> positions;
    for (std::uint64_t at = 1; at < ranges; ++at) {
      const std::uint64_t offset = (span + 1) / ranges * at + (span + 1) % ranges * at / ranges - 1;
      positions.push_back({std::to_string(static_cast<std::int64_t>(static_cast<std::uint64_t>(*least) + offset))});
    }
    return positions;
  }

  [[nodiscard]] std::vector<KeyPosition> walked() const {
    const std::int64_t step = std::max<std::int64_t>(1, rows_ / request_.ranges);
    std::vector<KeyPosition> positions;
    KeyPosition last;
    for (int at = 1; at < request_.ranges && wanted(); ++at) {
      KeyPosition next = stride(last, step);
      if (next.empty()) break;
      if (is_met(next, positions.empty() ? KeyPosition() : positions.back())) positions.push_back(next);
      last = std::move(next);
    }
    return positions;
  }

  /// The position `step` rows behind another one; empty: there are fewer.
  [[nodiscard]] KeyPosition stride(const KeyPosition& last, std::int64_t step) const {
    std::vector<std::string> shown;
    std::vector<std::string> order;
    for (const CutColumn& column : table_.columns) {
      shown.push_back(column.shown);
      order.push_back(column.compared);
    }
    KeyRange rest;
    rest.after = last;
    const auto answer =
        table_.ask("SELECT " + join(shown, ", ") + where({not_null(table_.columns), range_condition(rest, table_.columns)}) +
                   " ORDER BY " + join(order, ", ") + " LIMIT 1 OFFSET " + std::to_string(step - 1));
    KeyPosition position;
    for (std::size_t i = 0; answer && i < table_.columns.size(); ++i) {
      if (!(*answer)[i]) return {};
      position.push_back(table_.spell(i, *(*answer)[i]));
    }
    return position;
  }

  /// A literal may say something else than the row it was made of (a character that did not survive its conversion). Positions
  /// ascend when the server finds a row that equals each and lies behind the one before.
  [[nodiscard]] bool is_met(const KeyPosition& position, const KeyPosition& before) const {
    KeyRange rest;
    rest.after = before;
    std::vector<std::string> parts{range_condition(rest, table_.columns)};
    for (std::size_t i = 0; i < position.size(); ++i) parts.push_back(table_.columns[i].compared + " = " + position[i]);
    return table_.ask("SELECT 1" + where(parts) + " LIMIT 1").has_value();
  }

  const CutTable& table_;
  const CutRequest& request_;
  std::int64_t rows_ = 0;
};

}  // namespace

std::string range_condition(const KeyRange& range, const std::vector<CutColumn>& columns) {
  std::vector<std::string> parts;
  if (!range.after.empty()) {
    parts.push_back(first_at_least(columns, range.after));
    parts.push_back("(" + behind(columns, range.after, 0) + ")");
  }
  if (!range.up_to.empty()) {
    parts.push_back(first_at_most(columns, range.up_to));
    parts.push_back("(" + not_behind(columns, range.up_to, 0) + ")");
  }
  parts.erase(std::remove(parts.begin(), parts.end(), std::string()), parts.end());
  return join(parts, " AND ");
}

std::vector<KeyPosition> cut(const CutTable& table, const CutRequest& request) {
  return Cutting(table, request).run();
}

}  // namespace syncline::connectors::sql
