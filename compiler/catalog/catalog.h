#pragma once
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "connectors/api/introspector.h"
#include "stdlib/types/known_table.h"
#include "stdlib/types/progress.h"
#include "stdlib/types/schema.h"

/// What the databases say, as the compiler sees it. Implemented live by runtime/introspect; tests use in-memory ones.
namespace syncline::catalog {

/// A connection that cannot answer. The compiler reports it (SY8001, class 7 exit; SY8013 when it stands but the catalogue cannot
/// be read) and goes on with the others.
struct Unavailable {
  std::string connection;
  bool refused_login = false;
  std::string message;  ///< for people; no secret
  std::string help;
  std::string secret = {};  ///< the secret reference that cannot be resolved (SY8012); else empty
  bool connected = false;   ///< the session stands: a question about the catalogue failed
};

/// Catalogue of one connection. Each call is answered set-wise and cached for the compilation.
class Catalog {
 public:
  virtual ~Catalog() = default;
  virtual const connectors::ServerInfo& server() = 0;
  virtual const std::vector<std::string>& containers() = 0;
  /// Sorted by name.
  virtual const std::vector<connectors::ListedObject>& objects() = 0;
  /// Schemas of those that exist, in the order asked; `logical` is `other`.
  virtual std::vector<types::TableSchema> describe(const std::vector<types::ObjectName>& names) = 0;
  virtual std::vector<connectors::MissingRight> missing_write_rights(const std::vector<std::string>& containers) = 0;
  /// Managed tables of a target among `names` (connectors/api/target.h); empty for sources.
  struct Managed {
    types::ObjectName name;
    std::string column_fingerprint;
    std::uint64_t object_id = 0;
    std::int64_t rows = -1;
    std::string altered_fingerprint = {};  ///< of a change that was announced and perhaps made; empty: none
  };
  virtual std::vector<Managed> managed(const std::vector<types::ObjectName>& names) = 0;
  /// What the increments of these syncs recorded in a target; empty for sources.
  virtual std::vector<types::Progress> progress(const std::vector<std::string>& /*syncs*/) { return {}; }
  /// The tables that these syncs know, kept with their target; empty for sources, and where there is no list yet.
  virtual std::vector<types::KnownTable> known_tables(const std::vector<std::string>& /*syncs*/) { return {}; }
};

/// Gives the compiler the catalogue of each connection it needs.
class CatalogProvider {
 public:
  virtual ~CatalogProvider() = default;
  /// Throws Unavailable.
  virtual Catalog& catalog(const std::string& connection) = 0;
  /// True when both connections lead to one server (PostgreSQL: one database; SQLite: one file). Throws Unavailable.
  virtual bool same_server(const std::string& one, const std::string& other) = 0;
};

}  // namespace syncline::catalog
