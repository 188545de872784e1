#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "connectors/api/engine.h"
#include "stdlib/types/schema.h"

namespace syncline::connectors {

struct ServerInfo {
  std::string product;     ///< "MariaDB", "MySQL", "PostgreSQL", "SQLite"
  std::string version;     ///< "10.11.19"
  int version_number = 0;  ///< 101119, 150020, 3040001: comparable within a product
  NameCase table_case = NameCase::sensitive;
  NameCase column_case = NameCase::sensitive;
  int free_connections = 0;            ///< how many sessions the server would still take; 0: unknown
  bool snapshot_age_visible = true;    ///< whether the swap can see older snapshots (DECISIONS 1)
  std::string text_collation;          ///< collation for new text columns (MySQL: the NO PAD binary one); empty elsewhere
  bool large_literal_defaults = true;  ///< text, blob and json columns take literal defaults (MariaDB does, MySQL does not)
};

enum class ObjectKind : std::uint8_t { table, view, other };

struct ListedObject {
  types::ObjectName name;
  ObjectKind kind = ObjectKind::table;
  bool readable = true;  ///< false: it exists, the user may not SELECT from it
};

struct MissingRight {
  types::ObjectName object;  ///< container only, when table is empty
  std::string right;         ///< "SELECT", "CREATE"
  std::string remedy;        ///< the GRANT to run
};

/// Catalogue questions of one database server, answered set-wise: a constant number of queries whatever the number of tables.
class Introspector {
 public:
  virtual ~Introspector() = default;
  virtual ServerInfo server() = 0;
  /// All databases or schemas but the system's and Syncline's own. Empty for engines without containers.
  virtual std::vector<std::string> containers() = 0;
  /// Tables, views and the like in these containers (all when empty), without system objects and Syncline's own. Partitions and
  /// inheritance children are listed as part of their root only.
  virtual std::vector<ListedObject> list(const std::vector<std::string>& containers) = 0;
  /// Full schema of the tables that exist among `names`, in the order of `names`; the others are left out. `logical` stays
  /// `other`.
  virtual std::vector<types::TableSchema> describe(const std::vector<types::ObjectName>& names) = 0;
  /// Rights the user lacks to write into these containers (create tables, and the container itself where missing).
  virtual std::vector<MissingRight> missing_write_rights(const std::vector<std::string>& containers) = 0;

  /// Same place? (DECISIONS 37) `hold_mark` takes an advisory lock that only this server can know; `sees_mark` looks for it.
  /// File engines return false and are compared by `place()`.
  virtual bool hold_mark(std::uint64_t mark) = 0;
  virtual bool sees_mark(std::uint64_t mark) = 0;
  /// Device and inode of a file database, or empty.
  virtual std::string place() = 0;
};

}  // namespace syncline::connectors
