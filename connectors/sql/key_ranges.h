#pragma once
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "connectors/api/source.h"

/// Tables cut along a key: conditions of a range, and the questions that find the positions between ranges.
namespace syncline::connectors::sql {

/// One column of the key as SQL.
struct CutColumn {
  std::string compared;  ///< what the server orders and compares: the quoted column, or an expression of it
  std::string shown;     ///< gives a text from which `CutTable::spell` makes a literal again
  bool nullable = true;
  bool integer = false;  ///< whole numbers: positions may be computed
};

/// The rows of the range, as a condition that an index on the columns serves; empty: all rows. With positions free of NULL each
/// row lies in exactly one of the ranges that positions in ascending order make: `after` and `up_to` of one position are each
/// other's complement.
std::string range_condition(const KeyRange& range, const std::vector<CutColumn>& columns);

struct CutTable {
  std::string from;    ///< what stands behind FROM
  std::string filter;  ///< empty: none
  std::vector<CutColumn> columns;
  /// Runs one query that holds the filter exactly once: the texts of its first row (NULL: nothing), or nothing without a row.
  std::function<std::optional<std::vector<std::optional<std::string>>>(const std::string& sql)> ask;
  /// The literal of a column's text.
  std::function<std::string(std::size_t column, const std::string& shown)> spell;
  bool rehearsed = false;  ///< nothing answers; positions are placeholders, `@split_1` and so on
};

/// As Snapshot::cut says. Whole numbers without great gaps are cut by their least and greatest value; all others by walking along
/// the key, so that the server's own order decides.
std::vector<KeyPosition> cut(const CutTable& table, const CutRequest& request);

}  // namespace syncline::connectors::sql
