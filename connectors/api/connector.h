#pragma once
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "connectors/api/dialect.h"
#include "connectors/api/engine.h"
#include "connectors/api/error.h"
#include "connectors/api/examiner.h"
#include "connectors/api/introspector.h"
#include "connectors/api/rehearsal.h"
#include "connectors/api/script_session.h"
#include "connectors/api/source.h"
#include "connectors/api/target.h"
#include "stdlib/base/secret.h"

namespace syncline::connectors {

enum class Tls : std::uint8_t { off, require, verify_ca, verify_full };

/// Where a database is and how to log in. Made by the runtime from the script's CONNECTION; secrets resolved, nothing printed.
struct ConnectionSpec {
  std::string name;  ///< the script's name for it
  std::string engine;
  std::string host;
  int port = 0;  ///< 0: the engine's default
  std::string socket;
  std::string user;
  Secret password;
  std::string database;
  std::string path;  ///< SQLite file
  Tls tls = Tls::verify_full;
  std::string tls_ca;  ///< empty: the system's bundle
  std::string timezone = "UTC";
  std::chrono::seconds connect_timeout{10};
  std::chrono::seconds stall_timeout{60};  ///< no progress for this long counts as a lost connection
  bool allow_writes = false;
  bool state_in_target = true;  ///< state = target | local
  std::string state_schema = "syncline_meta";
  std::shared_ptr<Rehearsal> rehearsal;  ///< sessions write their statements down here and send none; null: they send them
};

/// One engine. Stateless and shared between threads; every `open_*` makes a session of its own (one connection, one thread at a
/// time; `cancel()` alone may come from another thread). All throw ConnectorError.
class Connector {
 public:
  virtual ~Connector() = default;
  [[nodiscard]] virtual const EngineInfo& info() const = 0;
  [[nodiscard]] virtual const Dialect& dialect() const = 0;

  /// Read-only session for catalogue questions. For a source, the session cannot write.
  [[nodiscard]] virtual std::unique_ptr<Introspector> open_introspector(const ConnectionSpec& spec) const = 0;
  /// A consistent snapshot for the tables of one group.
  [[nodiscard]] virtual std::unique_ptr<Snapshot> open_snapshot(const ConnectionSpec& spec,
                                                                const SnapshotRequest& request) const = 0;
  /// Watches open transactions of a source.
  [[nodiscard]] virtual std::unique_ptr<Horizon> open_horizon(const ConnectionSpec& spec) const;
  /// Asks a source about statements without executing them.
  [[nodiscard]] virtual std::unique_ptr<Examiner> open_examiner(const ConnectionSpec& spec) const;
  /// The run's state in the target: meta tables, lock, epochs, containers, foreign keys.
  [[nodiscard]] virtual std::unique_ptr<TargetState> open_target_state(const ConnectionSpec& spec) const = 0;
  /// A session for the script's own statements on a target.
  [[nodiscard]] virtual std::unique_ptr<ScriptSession> open_script_session(const ConnectionSpec& spec) const;
  /// A session that loads tables. Needs a TargetState whose begin_run succeeded.
  [[nodiscard]] virtual std::unique_ptr<Loader> open_loader(const ConnectionSpec& spec, const RunIdentity& run) const = 0;

  /// Engines whose statements cannot be told without a database make an empty one with these tables for a rehearsal, like the one
  /// of `spec` where that may be asked; `spec` then leads to it. It goes with the last owner of what is returned; null: not
  /// needed.
  [[nodiscard]] virtual std::shared_ptr<void> stand_in(ConnectionSpec& spec, const std::vector<types::TableSchema>& tables) const;
};

}  // namespace syncline::connectors
