#pragma once
#include <mysql.h>

#include "connectors/api/source.h"

/// The client library hands a row over when it is whole, in a buffer that never gets smaller. What to do about rows of many
/// megabytes. Only MariaDB's library tells how much of a row has arrived; with the other, the turn is taken when the row is
/// there.
namespace syncline::connectors::mysql {

/// Watches the row that this thread fetches, and takes the turn before it becomes large.
class ArrivingRow {
 public:
  explicit ArrivingRow(LargeRowTurn* turn);
  ~ArrivingRow();
  ArrivingRow(const ArrivingRow&) = delete;
  ArrivingRow& operator=(const ArrivingRow&) = delete;
  /// More than kLargeRow bytes came.
  [[nodiscard]] bool large() const { return bytes_ > kLargeRow; }
  /// The turn was refused: nobody wants the rows any more.
  [[nodiscard]] bool refused() const { return refused_; }
  void add(std::size_t bytes);

 private:
  LargeRowTurn* turn_;
  std::size_t bytes_ = 0;
  bool refused_ = false;
};

/// Once per process, before the first session.
void watch_arriving_rows();

/// Gives back the memory of the row fetched last, once all of it is copied.
void forget_row(MYSQL* mysql);

}  // namespace syncline::connectors::mysql
