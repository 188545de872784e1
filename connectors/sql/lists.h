#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "connectors/api/dialect.h"
#include "stdlib/types/schema.h"

namespace syncline::connectors::sql {

/// `"a", "b"`: quoted names of the columns, in order.
std::string column_list(const Dialect& dialect, const std::vector<std::string>& names, std::string_view separator = ", ");
std::string column_list(const Dialect& dialect, const std::vector<types::Column>& columns);
std::vector<std::string> names_of(const std::vector<types::Column>& columns);
/// The columns that a load fills, in the order of the batch's cells.
std::vector<std::string> load_column_names(const LoadTable& table);
/// `?, ?, ?`
std::string placeholders(std::size_t count);
/// Items joined by `separator`.
std::string join(const std::vector<std::string>& items, std::string_view separator);
/// `text` with every `quote` doubled, within quotes. For identifiers and plain literals of engines without backslash escapes.
std::string quoted(std::string_view text, char quote);

/// Two lower-case digits per byte.
std::string hex(std::string_view bytes);

/// Rows behind `values` in key order, expanded so that an index serves it: `("a" > ?) OR ("a" = ? AND "b" > ?)`. `columns` are
/// SQL.
SqlText keyset_after(const std::vector<std::string>& columns, const std::vector<SqlText>& values);

}  // namespace syncline::connectors::sql
