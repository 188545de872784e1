#pragma once
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "runtime/observe/observer.h"

namespace syncline::observe {

/// Rows per second of a table since it started.
double rate(const TableProgress& table);
/// "61 %", or nothing where the size is not known. Estimates may be too low: never above 99 before the end.
std::string share(std::uint64_t rows, std::int64_t expected);
/// "12.0 s left", or nothing where it cannot be told.
std::string time_left(std::uint64_t rows, std::int64_t expected, double rows_per_second);

/// How far all tables together are. A table that ends replaces its estimate by what it was.
class WholeRun {
 public:
  void estimated(std::uint64_t rows, std::size_t unknown);
  void changed(const TableProgress& table);

  /// Rows of ended and running tables.
  [[nodiscard]] std::uint64_t rows(const std::vector<TableProgress>& running) const;
  /// "1,234 rows  61 %  1,000 rows/s  12.0 s left"; share and time only where every table's size is known.
  [[nodiscard]] std::string text(const std::vector<TableProgress>& running, std::string_view between) const;

 private:
  /// < 0: unknown.
  [[nodiscard]] std::int64_t expected(const std::vector<TableProgress>& running) const;

  bool known_ = false;
  std::int64_t waiting_rows_ = 0;  ///< estimates of all tables that have not ended
  std::size_t unknown_ = 0;        ///< tables without an estimate that have not ended
  std::set<std::string> ended_;
  std::uint64_t ended_rows_ = 0;
};

}  // namespace syncline::observe
