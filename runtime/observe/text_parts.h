#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "runtime/observe/observer.h"

/// Pieces of text that the observers share. Names come out printable.
namespace syncline::observe {

/// Numbers of a whole run.
struct Totals {
  std::size_t done = 0, failed = 0, skipped = 0;
  std::size_t complaints = 0;  ///< tables that are done and still have an error
  std::uint64_t rows = 0, bytes = 0;
};
Totals totals(const RunSummary& summary);

/// "shop.orders → dw.orders", or the name once where both are equal.
std::string way(const TableProgress& table);
/// "error[SY9105]: message", then its notes and help, each on a line; ends with a line feed.
std::string error_text(const diag::Diagnostic& error, bool color);
/// "1 table", "3 tables".
std::string counted(std::uint64_t count, std::string_view singular);
/// At most `width` columns of `text`; what is cut ends in "…".
std::string fitted(std::string_view text, std::size_t width);
/// Rows of cells with aligned columns, two blanks between them. Columns in `right` are aligned to the right.
std::string table_text(const std::vector<std::vector<std::string>>& rows, const std::vector<bool>& right);
std::string paint(std::string_view text, const char* code, bool color);

}  // namespace syncline::observe
