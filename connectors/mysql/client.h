#pragma once
#include <mysql.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "connectors/api/connector.h"

/// The C client, wrapped. Only calls that MariaDB Connector/C and Oracle's libmysqlclient share; what differs is in client_tls.h.
namespace syncline::connectors::mysql {

/// `my_bool` in one library, `bool` in the other.
using Flag = std::remove_pointer_t<decltype(MYSQL_BIND::is_null)>;

/// What a session is for; decides its settings.
enum class Role : std::uint8_t {
  catalogue,  ///< read-only questions
  reader,     ///< read-only, streams rows; `stall_timeout` without a byte ends it
  loader,     ///< writes, LOAD DATA LOCAL allowed through the one-time handler
  state,      ///< writes meta tables and DDL
};

/// A stored result of text cells; empty optional: NULL.
using Row = std::vector<std::optional<std::string>>;
using Rows = std::vector<Row>;

/// What a rehearsal takes for the answer to a question.
struct Rehearsed {
  Rows answer;
  bool look = false;  ///< the server itself is asked where the rehearsal may
  /// One row with this cell.
  static Rehearsed cell(std::string text) { return {Rows{Row{std::move(text)}}, false}; }
};

/// One session, closed with its owner. One thread at a time; `kill_query` opens its own session and may be called from any
/// thread.
class Connection {
 public:
  Connection(const ConnectionSpec& spec, Role role);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// Runs one statement without result. `what` says for people what was being done ("creating the staging table").
  void execute(std::string_view sql);
  /// Runs one statement and stores its result.
  Rows query(std::string_view sql, const Rehearsed& rehearsed = {});
  /// First cell of the first row, or nothing.
  std::optional<std::string> scalar(std::string_view sql, const Rehearsed& rehearsed = {});
  /// A question to the catalogue.
  Rows look(std::string_view sql) { return query(sql, {{}, true}); }
  /// Like execute, but hands the failure back instead of throwing.
  [[nodiscard]] std::optional<ConnectorError> attempt(std::string_view sql);

  /// In a rehearsal a handle that was never connected.
  [[nodiscard]] MYSQL* handle() { return &*mysql_; }
  [[nodiscard]] Rehearsal* rehearsal() const { return spec_.rehearsal.get(); }
  /// Writes a statement down that goes to the server in another way than execute and query. `binds`: literals.
  void rehearse(std::string_view sql, std::vector<std::string> binds = {}, bool question = false);
  /// For people who read the rehearsal, behind the last statement.
  void note(std::string text) { rehearsal()->note(rehearsed_session_, std::move(text)); }
  [[nodiscard]] std::uint64_t id() const { return id_; }
  [[nodiscard]] bool mariadb() const { return mariadb_; }
  [[nodiscard]] const std::string& version() const { return version_; }
  [[nodiscard]] int version_number() const { return version_number_; }  ///< 101119
  /// Names the server among those of this process: sessions of ours are told apart per server.
  [[nodiscard]] const std::string& server() const { return server_; }
  [[nodiscard]] const ConnectionSpec& spec() const { return spec_; }
  /// Collation for new text columns: binary, without padding.
  [[nodiscard]] std::string text_collation() const;
  /// The failure of the last call as an exception; `sql` without values.
  [[nodiscard]] ConnectorError failure(std::string_view sql) const;
  /// `KILL QUERY` through a session of its own. Never throws.
  void kill_query() const noexcept;

 private:
  void open();
  void prepare_session(Role role);
  Rows rehearsed_answer(std::string_view sql, const Rehearsed& rehearsed);

  struct Close {
    void operator()(MYSQL* mysql) const { mysql_close(mysql); }
  };
  ConnectionSpec spec_;
  Role role_;
  std::unique_ptr<MYSQL, Close> mysql_;
  std::uint64_t id_ = 0;
  bool mariadb_ = false;
  std::string version_;
  int version_number_ = 0;
  std::string server_;
  int rehearsed_session_ = 0;
  std::unique_ptr<Connection> asked_;  ///< of a rehearsal: read-only, for its questions
};

struct CloseResult {
  void operator()(MYSQL_RES* result) const { mysql_free_result(result); }
};
using Result = std::unique_ptr<MYSQL_RES, CloseResult>;

struct CloseStatement {
  void operator()(MYSQL_STMT* statement) const { mysql_stmt_close(statement); }
};
using Statement = std::unique_ptr<MYSQL_STMT, CloseStatement>;

/// "10.11.19-MariaDB-0+deb12u1" -> 101119; 0 when it is no version.
int parse_version(std::string_view text);

/// Sessions that this process has open on a server: its own snapshots are nobody's older readers.
bool is_own_session(const std::string& server, std::uint64_t id);

}  // namespace syncline::connectors::mysql
