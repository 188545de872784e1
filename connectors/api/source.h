#pragma once
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "stdlib/expr/expr.h"
#include "stdlib/types/batch.h"
#include "stdlib/types/load.h"
#include "stdlib/types/schema.h"

namespace syncline::connectors {

/// A condition on the rows of a source table: a typed expression (folded, columns by name), or the engine's own text.
struct Condition {
  expr::ExprPtr portable;                                          ///< null: none
  std::string native;                                              ///< empty: none; already fenced, without WHERE
  std::vector<std::pair<std::string, types::Value>> native_binds;  ///< `:name` in `native` -> value
};

/// A row above this size is large: such rows go one at a time through the whole process (DECISIONS 46).
constexpr std::size_t kLargeRow = 8U << 20U;

/// The process's turn for large rows, as one reader sees it.
class LargeRowTurn {
 public:
  enum class Hold : std::uint8_t {
    row,     ///< until the batch with the row is written
    reader,  ///< until the reader is gone: the client library keeps the memory of its largest row
  };
  virtual ~LargeRowTurn() = default;
  /// To be called before more than kLargeRow bytes of a row are in memory; waits for the turn unless this reader has it. False:
  /// nobody wants the rows any more.
  virtual bool take(Hold hold) = 0;
};

/// A place in the order of a table's rows, one word per key column: SQL that only its engine understands. Made by Snapshot::cut.
using KeyPosition = std::vector<std::string>;

/// The columns along which a table is cut, compared one after the other in the server's own order and collation. NULL stands
/// before all values.
struct KeyOrder {
  std::vector<types::Column> columns;
  bool primary = false;  ///< they begin the primary key
};

/// The rows behind `after`, up to and with `up_to`; empty: from the first row on, to the last one. Ranges whose positions follow
/// one another hold each row exactly once.
struct KeyRange {
  KeyOrder order;  ///< no columns: the whole table
  KeyPosition after;
  KeyPosition up_to;
};

/// What to read from one table. Cells arrive in the order of `columns`, each with the CellKind of its logical type.
struct ReadRequest {
  types::ObjectName table;
  std::vector<types::Column> columns;  ///< logical filled in
  std::vector<std::string> key;        ///< unique, NOT NULL key columns (for order, pages, row keys in errors); may be empty
  Condition filter;
  KeyRange range;
  /// Not empty: only the one row that is greatest by these columns in the server's own order, compared one after the other; rows
  /// with a NULL in one of them do not count. One statement that an index on them serves; `key`, `page_size`, `relay` are
  /// ignored.
  std::vector<std::string> greatest_by;
  std::int64_t page_size = 0;  ///< rows per statement, keyset pages in key order; 0: one statement
  bool relay = false;          ///< hand over wire bytes untouched (only when the plan says so: same engine)
  std::size_t max_row_bytes = (64U << 20U) + (1U << 20U);
  std::size_t batch_bytes = 1U << 20U;  ///< a batch is handed over at about this size
  LargeRowTurn* large_rows = nullptr;   ///< null: nothing else is read meanwhile
  types::ValuePolicies policies;
  std::string naive_timezone = "UTC";  ///< zone to render instants in when compared with naive columns
};

/// Rows of one table, in order of arrival. One thread; `cancel` from any thread.
class Reader {
 public:
  virtual ~Reader() = default;
  /// Fills `batch` (reset by the reader) with the next rows. False: the stream is complete, and the server said so; a stream that
  /// merely stopped throws. Throws ConnectorError, expr::ValueError.
  virtual bool next(types::Batch& batch) = 0;
  /// Rows handed over so far; for relay streams the server's own count once `next` returned false.
  [[nodiscard]] virtual std::uint64_t rows() const = 0;
  /// How often a lossy policy acted, per source column.
  [[nodiscard]] virtual std::vector<std::pair<std::string, std::uint64_t>> policy_uses() const = 0;
  /// Asks the server to stop the statement. Thread-safe; `next` then throws ErrorKind::cancelled.
  virtual void cancel() noexcept = 0;
};

struct SnapshotRequest {
  types::Consistency consistency = types::Consistency::table;
  int sessions = 1;                       ///< how many readers will be open at a time
  std::vector<types::ObjectName> tables;  ///< of the group
};

/// How a table is to be cut.
struct CutRequest {
  KeyOrder order;
  int ranges = 2;
  std::int64_t row_estimate = -1;  ///< of the whole table; -1: unknown
  std::function<bool()> wanted;    ///< asked between two questions; false ends it early with what is known. Null: always
};

/// One consistent moment of a source, shared by the readers opened from it. Read-only by construction.
class Snapshot {
 public:
  virtual ~Snapshot() = default;
  /// How many readers may be open at once (1 where sessions cannot share a snapshot: readers then come one after the other).
  [[nodiscard]] virtual int sessions() const = 0;
  /// Thread-safe. The reader must not outlive the snapshot.
  virtual std::unique_ptr<Reader> open_reader(const ReadRequest& request) = 0;
  /// At most `cut.ranges` - 1 positions, ascending, that divide the rows of `request` (its filter, without a range) into ranges
  /// of about equal size; fewer where rows are few or equal. Needs a free session for its time. Thread-safe.
  virtual std::vector<KeyPosition> cut(const ReadRequest& request, const CutRequest& cut);
  /// A sentence for the plan and the summary: what kind of consistency this is ("one exported snapshot", "aligned by binlog
  /// position").
  [[nodiscard]] virtual std::string description() const = 0;
};

/// Transactions that a source has open at one moment: what may still commit rows that a reader of this moment cannot see
/// (RELIABILITY 3.6). Instants are microseconds since 2000-01-01 UTC by the server's clock.
struct OpenWork {
  bool known = false;  ///< false: this user or engine cannot say; `why` tells what is missing
  std::string why;     ///< "needs the PROCESS privilege", with `help` to paste
  std::string help;
  std::int64_t now = 0;
  std::int64_t oldest = 0;  ///< nothing that is not visible yet began before; `now` when nothing is open. Margins are subtracted.
  std::string holder;       ///< who that is, for people: "session 4711 of app, open for 90 s"; empty: none
  std::string mark;         ///< names the open transactions for `ended`; opaque
};

/// Watches the open transactions of a source. One session of its own, one thread. Throws ConnectorError.
class Horizon {
 public:
  virtual ~Horizon() = default;
  virtual OpenWork look() = 0;
  /// True when every transaction of `then` has ended: a snapshot opened after that sees all that they committed.
  virtual bool ended(const OpenWork& then) = 0;
};

}  // namespace syncline::connectors
