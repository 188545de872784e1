#pragma once
#include <string>
#include <string_view>

#include "connectors/api/target.h"
#include "connectors/mysql/client.h"
#include "stdlib/expr/row_transform.h"

namespace syncline::connectors::mysql {

/// Where a server warning points to.
struct WarningPlace {
  std::string column;   ///< empty: none named
  std::size_t row = 0;  ///< from 1; 0: none
};
WarningPlace parse_warning_place(std::string_view message);
expr::ValueProblem problem_of(unsigned code, std::string_view native_words);

/// Asks for the warnings of the last statement and throws what the first real one means: expr::ValueError with column and row
/// key, or ConnectorError(constraint) for duplicates. The server's text stays out: it quotes the value. `text`: the rows that
/// were loaded, behind `rows_before` others.
[[noreturn]] void throw_load_warnings(Connection& connection, const LoadTable& table, std::string_view text,
                                      std::uint64_t rows_before);

/// Throws when the last statement (INSERT … SELECT) warned of anything but the unsafeness of statement-based logging.
void refuse_warnings(Connection& connection, const types::ObjectName& table);

}  // namespace syncline::connectors::mysql
