#include "connectors/mysql/client.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <charconv>
#include <mutex>
#include <set>

#include "connectors/mysql/client_tls.h"
#include "connectors/mysql/errors.h"
#include "connectors/mysql/row_size.h"

namespace syncline::connectors::mysql {
namespace {

/// Largest row that a session accepts: a row of `max_row` plus the packet around it.
constexpr unsigned long kMaxPacket = (64UL << 20U) + (4UL << 20U);

/// Once per process, before the first thread opens a session.
void start_library() {
  static std::once_flag once;
  std::call_once(once, [] {
    mysql_library_init(0, nullptr, nullptr);
    watch_arriving_rows();
  });
}

struct OwnSessions {
  std::mutex mutex;
  std::set<std::pair<std::string, std::uint64_t>> ids;
};
OwnSessions& own_sessions() {
  static OwnSessions sessions;
  return sessions;
}

/// A peer that vanished is noticed after `stall`, however long a statement may take.
void keep_alive(int socket, std::chrono::seconds stall) {
  const int on = 1;
  const int idle = static_cast<int>(std::max<std::int64_t>(stall.count() / 3, 5));
  const int interval = std::max(idle / 3, 1);
  const int probes = 3;
  const auto user_timeout = static_cast<unsigned>(stall.count() * 1000);
  setsockopt(socket, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
  setsockopt(socket, IPPROTO_TCP, TCP_KEEPIDLE, &idle, sizeof idle);
  setsockopt(socket, IPPROTO_TCP, TCP_KEEPINTVL, &interval, sizeof interval);
  setsockopt(socket, IPPROTO_TCP, TCP_KEEPCNT, &probes, sizeof probes);
  setsockopt(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, &user_timeout, sizeof user_timeout);
}

const char* text_or_null(const std::string& text) {
  return text.empty() ? nullptr : text.c_str();
}

const char* purpose_of(Role role) {
  switch (role) {
    case Role::catalogue:
      return "asks the catalogue";
    case Role::reader:
      return "reads rows";
    case Role::loader:
      return "loads rows";
    case Role::state:
      return "keeps the state of the run";
  }
  return "";
}

/// The cells that prepare_session asks for, from what is known of a server that is not asked.
Rehearsed facts_of(const Rehearsal* rehearsal) {
  if (rehearsal == nullptr) return {};
  const ServerInfo& server = rehearsal->server();
  const bool mysql = server.product == "MySQL";
  const std::string version = server.version.empty() ? "10.11" : server.version;
  return {Rows{Row{version + (mysql ? "" : "-MariaDB"), "0", "", ""}}, true};
}

}  // namespace

int parse_version(std::string_view text) {
  int parts[3] = {0, 0, 0};
  const char* at = text.data();
  const char* const end = text.data() + text.size();
  for (int& part : parts) {
    const auto [stop, problem] = std::from_chars(at, end, part);
    if (problem != std::errc{}) return 0;
    at = stop;
    if (at == end || *at != '.') break;
    ++at;
  }
  return parts[0] * 10000 + parts[1] * 100 + parts[2];
}

bool is_own_session(const std::string& server, std::uint64_t id) {
  auto& sessions = own_sessions();
  const std::lock_guard lock(sessions.mutex);
  return sessions.ids.count({server, id}) > 0;
}

Connection::Connection(const ConnectionSpec& spec, Role role) : spec_(spec), role_(role) {
  if ((role == Role::loader || role == Role::state) && !spec.allow_writes) {
    throw ConnectorError(ErrorKind::setup, "the connection `" + spec.name + "` does not allow writes (allow_writes = true)");
  }
  start_library();
  mysql_.reset(mysql_init(nullptr));
  if (!mysql_) throw ConnectorError(ErrorKind::full, "not enough memory for a MySQL session");
  if (rehearsal() == nullptr) open();
  if (rehearsal() != nullptr) rehearsed_session_ = rehearsal()->open_session();
  prepare_session(role);
  auto& sessions = own_sessions();
  const std::lock_guard lock(sessions.mutex);
  sessions.ids.insert({server_, id_});
}

Connection::~Connection() {
  auto& sessions = own_sessions();
  const std::lock_guard lock(sessions.mutex);
  sessions.ids.erase({server_, id_});
}

void Connection::open() {
  MYSQL* mysql = handle();
  const unsigned local_infile = role_ == Role::loader ? 1 : 0;
  const auto connect_timeout = static_cast<unsigned>(spec_.connect_timeout.count());
  const auto stall_timeout = static_cast<unsigned>(spec_.stall_timeout.count());
  mysql_options(mysql, MYSQL_SET_CHARSET_NAME, "utf8mb4");
  mysql_options(mysql, MYSQL_OPT_LOCAL_INFILE, &local_infile);
  mysql_options(mysql, MYSQL_OPT_CONNECT_TIMEOUT, &connect_timeout);
  mysql_options(mysql, MYSQL_OPT_MAX_ALLOWED_PACKET, &kMaxPacket);
  if (role_ == Role::reader || role_ == Role::catalogue) mysql_options(mysql, MYSQL_OPT_READ_TIMEOUT, &stall_timeout);
  mysql_options(mysql, MYSQL_OPT_WRITE_TIMEOUT, &stall_timeout);
  set_tls(mysql, spec_);
  const std::string password(spec_.password.reveal());
  const unsigned protocol = spec_.socket.empty() ? MYSQL_PROTOCOL_TCP : MYSQL_PROTOCOL_SOCKET;
  mysql_options(mysql, MYSQL_OPT_PROTOCOL, &protocol);
  std::string host = spec_.host.empty() ? "localhost" : spec_.host;
  if (spec_.socket.empty() && spec_.tls == Tls::verify_full) host = host_to_verify(host);
  const unsigned port = spec_.port == 0 ? 3306U : static_cast<unsigned>(spec_.port);
  // No default database: every name is qualified, and the one the connection names may still have to be made.
  if (mysql_real_connect(mysql, text_or_null(host), text_or_null(spec_.user), text_or_null(password), nullptr, port,
                         text_or_null(spec_.socket), 0) == nullptr) {
    throw make_error(mysql_errno(mysql), mysql_sqlstate(mysql), mysql_error(mysql), {}, true);
  }
  if (spec_.socket.empty() && spec_.tls != Tls::off && mysql_get_ssl_cipher(mysql) == nullptr) {
    throw ConnectorError(ErrorKind::unreachable, "the server answered without TLS although `tls` asks for it");
  }
  if (spec_.socket.empty()) keep_alive(socket_of(mysql), spec_.stall_timeout);
}

void Connection::prepare_session(Role role) {
  const Rows facts =
      query("SELECT VERSION(), CONNECTION_ID(), CONCAT_WS(':', @@hostname, @@port, @@socket, @@datadir), @@version_comment",
            facts_of(rehearsal()));
  if (facts.empty() || facts[0].size() != 4) throw ConnectorError(ErrorKind::protocol, "the server does not say what it is");
  version_ = facts[0][0].value_or("");
  id_ = rehearsal() != nullptr ? 0 : std::stoull(facts[0][1].value_or("0"));
  server_ = facts[0][2].value_or("");
  mariadb_ = version_.find("MariaDB") != std::string::npos;
  version_number_ = parse_version(version_);
  const bool writes = role == Role::loader || role == Role::state;
  execute(std::string("SET SESSION time_zone = '+00:00', net_write_timeout = 3600, net_read_timeout = 3600, "
                      "wait_timeout = 86400, group_concat_max_len = 1048576, sql_mode = '") +
          (writes ? "STRICT_ALL_TABLES,NO_AUTO_VALUE_ON_ZERO,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION'"
                  : "NO_ENGINE_SUBSTITUTION'"));
  execute("SET NAMES utf8mb4");
  execute(mariadb_ ? "SET SESSION max_statement_time = 0" : "SET SESSION max_execution_time = 0");
  if (writes) {
    static_cast<void>(attempt("SET SESSION explicit_defaults_for_timestamp = 1"));
    execute("SET SESSION lock_wait_timeout = 30");
  } else {
    // Under a weaker level the server ignores WITH CONSISTENT SNAPSHOT.
    execute("SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY");
  }
}

ConnectorError Connection::failure(std::string_view sql) const {
  MYSQL* mysql = mysql_.get();
  return make_error(mysql_errno(mysql), mysql_sqlstate(mysql), mysql_error(mysql), sql);
}

void Connection::rehearse(std::string_view sql, std::vector<std::string> binds, bool question) {
  rehearsal()->sent(rehearsed_session_, purpose_of(role_), std::string(sql), std::move(binds), question);
}

/// The server's own answer where it may be asked and has one.
Rows Connection::rehearsed_answer(std::string_view sql, const Rehearsed& rehearsed) {
  const bool catalogue = role_ == Role::catalogue || sql.find("information_schema.") != std::string_view::npos;
  rehearse(sql, {}, rehearsed.look || catalogue || sql.substr(0, 5) == "SHOW ");
  if (!rehearsed.look || !rehearsal()->asks()) return rehearsed.answer;
  try {
    if (!asked_) {
      ConnectionSpec spec = spec_;
      spec.rehearsal = nullptr;
      asked_ = std::make_unique<Connection>(spec, Role::catalogue);
    }
    return asked_->query(sql);
  } catch (const ConnectorError& error) {
    if (error.kind == ErrorKind::unreachable || error.kind == ErrorKind::auth) throw;
    return rehearsed.answer;
  }
}

std::optional<ConnectorError> Connection::attempt(std::string_view sql) {
  if (rehearsal() != nullptr) {
    rehearse(sql, {}, role_ == Role::catalogue);
    return std::nullopt;
  }
  if (mysql_real_query(handle(), sql.data(), static_cast<unsigned long>(sql.size())) != 0) return failure(sql);
  const Result rest(mysql_store_result(handle()));
  if (!rest && mysql_field_count(handle()) != 0) return failure(sql);
  return std::nullopt;
}

void Connection::execute(std::string_view sql) {
  if (auto error = attempt(sql)) throw ConnectorError(*error);
}

Rows Connection::query(std::string_view sql, const Rehearsed& rehearsed) {
  if (rehearsal() != nullptr) return rehearsed_answer(sql, rehearsed);
  if (mysql_real_query(handle(), sql.data(), static_cast<unsigned long>(sql.size())) != 0) throw failure(sql);
  const Result result(mysql_store_result(handle()));
  if (!result) throw failure(sql);
  const unsigned columns = mysql_num_fields(result.get());
  Rows rows;
  rows.reserve(mysql_num_rows(result.get()));
  while (MYSQL_ROW cells = mysql_fetch_row(result.get())) {
    const unsigned long* lengths = mysql_fetch_lengths(result.get());
    Row& row = rows.emplace_back(columns);
    for (unsigned i = 0; i < columns; ++i) {
      if (cells[i] != nullptr) row[i].emplace(cells[i], lengths[i]);
    }
  }
  return rows;
}

std::optional<std::string> Connection::scalar(std::string_view sql, const Rehearsed& rehearsed) {
  Rows rows = query(sql, rehearsed);
  if (rows.empty() || rows[0].empty()) return std::nullopt;
  return std::move(rows[0][0]);
}

std::string Connection::text_collation() const {
  return mariadb_ ? "utf8mb4_nopad_bin" : (version_number_ >= 80000 ? "utf8mb4_0900_bin" : "utf8mb4_bin");
}

void Connection::kill_query() const noexcept {
  if (rehearsal() != nullptr) return;
  try {
    Connection other(spec_, Role::catalogue);
    static_cast<void>(other.attempt("KILL QUERY " + std::to_string(id_)));
  } catch (const std::exception&) {  // The session ends by its own time-outs then; there is nobody to tell.
  }
}

}  // namespace syncline::connectors::mysql
