#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "connectors/api/introspector.h"
#include "stdlib/types/schema.h"

/// The catalogue lock: what a database said, in a text file that lies beside the scripts in git. One fact per line, sorted,
/// nothing that changes by itself. README.md of this folder describes the format.
namespace syncline::catalog {

/// One segment of a name pattern of TABLES: an exact name, `*`, or `~'regex'`.
struct LockSegment {
  enum class Kind : std::uint8_t { exact, any, regex };
  Kind kind = Kind::any;
  std::string text;  ///< name or regex; empty for `*`
  auto operator<=>(const LockSegment&) const = default;
};
using LockPattern = std::vector<LockSegment>;
/// `sales.~'t_.*'`: as a script writes it. For people.
std::string to_string(const LockPattern& pattern);

/// What is known of one connection's catalogue.
struct Lock {
  std::string connection;
  std::string engine;
  std::string timezone = "UTC";   ///< setting of the connection
  connectors::ServerInfo server;  ///< version as major.minor; `version_number` and `free_connections` stay 0
  std::vector<LockPattern> patterns;
  std::string patterns_digest;  ///< as the file says it; `digest_of` when it was never written
  std::vector<std::string> containers;
  /// Of these only the names are known: EXCEPT takes them out, they are no tables or not readable, or they are close to an exact
  /// name that matches nothing.
  std::vector<connectors::ListedObject> names;
  std::vector<types::TableSchema> tables;  ///< `logical` is `other`; estimates are powers of ten
  std::vector<types::ObjectName> unread;   ///< tables that stand in the file and that its reader did not want
};

/// Of the patterns, whatever their order.
std::string digest_of(const std::vector<LockPattern>& patterns);

/// A power of ten near `number`, or `before` (an earlier one; < 0: none) while it is not far off: a count that wavers around a
/// border does not change a lock each time. Negative numbers mean unknown and stay.
std::int64_t rounded(std::int64_t number, std::int64_t before = -1);

/// The file's text: equal locks give equal bytes, whatever the order of their facts.
std::string to_text(const Lock& lock);

/// Where a lock cannot be read, and why.
struct LockProblem {
  std::uint32_t offset = 0;  ///< byte in the text
  std::string message;       ///< "`colum` is no kind of fact"
  std::string help;          ///< empty: write it anew
};
/// Which tables are looked at; the lock's first lines are known when it is asked.
using WantedTables = std::function<bool(const types::ObjectName& table, const connectors::ServerInfo& server)>;
/// Reads a whole lock, or says what is wrong with its first wrong line. With `wanted`, of other tables only the names are kept
/// (Lock::unread); facts below their own line are passed over unread.
std::optional<LockProblem> read_lock(std::string_view text, Lock& into, const WantedTables& wanted = {});

/// One difference between two locks, in words.
struct LockChange {
  enum class Kind : std::uint8_t {
    drift,    ///< the database is another: a plan may come out differently
    pattern,  ///< the scripts are others: the lock covers more or less
    minor,    ///< estimates, containers, names that are only kept as hints
  };
  std::string object;  ///< "sales.orders"; empty: the server or the patterns
  std::string what;    ///< "column `note` is gone"
  Kind kind = Kind::drift;
};
std::vector<LockChange> differences(const Lock& before, const Lock& after);
/// `sales.orders: column `note` is gone`.
std::string to_string(const LockChange& change);

}  // namespace syncline::catalog
