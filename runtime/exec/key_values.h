#pragma once
#include <string>
#include <vector>

#include "connectors/api/source.h"
#include "stdlib/expr/expr.h"
#include "stdlib/types/schema.h"
#include "stdlib/types/value.h"

/// Key tuples of increments: as values, as recorded text, and as conditions on rows.
namespace syncline::exec {

using KeyValues = std::vector<types::Value>;

/// The row of `request`'s table that is greatest by `columns`; empty: no row has all of them. Naive times are taken as they are.
KeyValues greatest_key(connectors::Snapshot& snapshot, connectors::ReadRequest request,
                       const std::vector<types::Column>& columns);

/// How many rows of `request`'s table that `filter` lets through have no value in one of these columns.
std::uint64_t rows_without(connectors::Snapshot& snapshot, connectors::ReadRequest request, const expr::ExprPtr& filter,
                           const std::vector<types::Column>& columns);

/// Canonical texts, and back. A text that does not read as its column's type throws std::runtime_error.
std::vector<std::string> to_texts(const KeyValues& values);
KeyValues from_texts(const std::vector<std::string>& texts, const std::vector<types::Column>& columns);

/// -1, 0, 1 by the order of the values; texts by their bytes.
int compare(const KeyValues& one, const KeyValues& other);

enum class Edge : std::uint8_t { excluded, included };
/// Rows whose key lies behind (`after`) or before (`before`) the values, compared column by column; written so that an index on
/// the columns serves: `a >= x AND (a > x OR (a = x AND b > y))`.
expr::ExprPtr after(const std::vector<types::Column>& columns, const KeyValues& values, Edge edge);
expr::ExprPtr before(const std::vector<types::Column>& columns, const KeyValues& values, Edge edge);
/// Rows with exactly these values.
expr::ExprPtr equal_to(const std::vector<types::Column>& columns, const KeyValues& values);
/// `first < instant`, an instant that meets naive columns in the source's zone; a date column stays below the instant's date.
expr::ExprPtr below_instant(const types::Column& first, std::int64_t instant, std::string_view zone);
expr::ExprPtr any_null(const std::vector<types::Column>& columns);
expr::ExprPtr all_of(const expr::ExprPtr& one, const expr::ExprPtr& other);  ///< AND; null gives way
expr::ExprPtr any_of(const expr::ExprPtr& one, const expr::ExprPtr& other);  ///< OR

}  // namespace syncline::exec
