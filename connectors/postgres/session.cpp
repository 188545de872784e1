#include "connectors/postgres/session.h"

#include <fmt/format.h>
#include <libpq-fe.h>
#include <poll.h>
#include <unistd.h>

#include <cstdlib>
#include <stdexcept>
#include <utility>

#include "connectors/postgres/dialect.h"
#include "connectors/postgres/error_map.h"

namespace syncline::connectors::postgres {
namespace {

using Clock = std::chrono::steady_clock;

// A path below a file: it cannot exist, so libpq finds no password file, certificate or revocation list of the user.
constexpr const char* kNoFile = "/dev/null/none";

std::string system_bundle() {
  for (const char* path : {"/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem"}) {
    if (access(path, R_OK) == 0) return path;
  }
  return kNoFile;
}

struct TlsWords {
  const char* mode;
  std::string ca;
};

TlsWords tls_words(const ConnectionSpec& spec) {
  const std::string ca = spec.tls_ca.empty() ? system_bundle() : spec.tls_ca;
  switch (spec.tls) {
    case Tls::off:
      return {"disable", kNoFile};
    case Tls::require:
      return {"require", kNoFile};
    case Tls::verify_ca:
      return {"verify-ca", ca};
    case Tls::verify_full:
      return {"verify-full", ca};
  }
  return {"verify-full", ca};
}

struct ConnectWords {
  std::vector<const char*> keys;
  std::vector<std::string> values;
  void add(const char* key, std::string value) {
    keys.push_back(key);
    values.push_back(std::move(value));
  }
};

ConnectWords connect_words(const ConnectionSpec& spec, const std::string& application) {
  const TlsWords tls = tls_words(spec);
  const auto stall = std::to_string(std::chrono::milliseconds(spec.stall_timeout).count());
  ConnectWords words;
  words.add("host", spec.socket.empty() ? (spec.host.empty() ? "localhost" : spec.host) : spec.socket);
  words.add("port", std::to_string(spec.port == 0 ? 5432 : spec.port));
  words.add("dbname", spec.database);
  words.add("user", spec.user.empty() ? "postgres" : spec.user);
  words.add("password", std::string(spec.password.reveal()));
  words.add("passfile", kNoFile);
  words.add("connect_timeout", std::to_string(spec.connect_timeout.count()));
  words.add("client_encoding", "UTF8");
  words.add("application_name", application);
  words.add("sslmode", tls.mode);
  words.add("sslrootcert", tls.ca);
  words.add("sslcert", kNoFile);
  words.add("sslkey", kNoFile);
  words.add("sslcrl", kNoFile);
  words.add("gssencmode", "disable");
  words.add("target_session_attrs", "any");
  words.add("keepalives", "1");
  words.add("keepalives_idle", "20");
  words.add("keepalives_interval", "10");
  words.add("keepalives_count", "4");
  words.add("tcp_user_timeout", stall);
  return words;
}

std::string place(const ConnectionSpec& spec) {
  if (!spec.socket.empty()) return "socket " + spec.socket + ", database `" + spec.database + "`";
  return (spec.host.empty() ? "localhost" : spec.host) + ":" + std::to_string(spec.port == 0 ? 5432 : spec.port) +
         ", database `" + spec.database + "`";
}

bool poll_socket(int socket, short events, std::chrono::milliseconds timeout) {
  pollfd entry{socket, events, 0};
  return ::poll(&entry, 1, static_cast<int>(timeout.count())) != 0;
}

std::chrono::milliseconds left_until(Clock::time_point deadline) {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
  return left.count() < 0 ? std::chrono::milliseconds(0) : left;
}

/// Drives the login to its end. False after the deadline.
bool finish_login(PGconn* connection, Clock::time_point deadline) {
  PostgresPollingStatusType status = PGRES_POLLING_WRITING;
  while (status != PGRES_POLLING_OK && status != PGRES_POLLING_FAILED) {
    const auto left = left_until(deadline);
    if (left.count() == 0) return false;
    const short events = status == PGRES_POLLING_READING ? POLLIN : POLLOUT;
    if (!poll_socket(PQsocket(connection), events, left)) return false;
    status = PQconnectPoll(connection);
  }
  return true;
}

const char* role_settings(Role role) {
  switch (role) {
    case Role::source:
      return "SET default_transaction_read_only = on; SET idle_in_transaction_session_timeout = 0;";
    case Role::catalogue:
      return "SET default_transaction_read_only = on; SET idle_in_transaction_session_timeout = 0; SET search_path = pg_catalog, "
             "public;";
    case Role::target:
      return "SET idle_in_transaction_session_timeout = '15min'; SET search_path = pg_catalog, public;";
    case Role::state:
      return "SET idle_in_transaction_session_timeout = '5min'; SET search_path = pg_catalog, public;";
  }
  return "";
}

const char* purpose_of(Role role) {
  switch (role) {
    case Role::source:
      return "reads rows";
    case Role::catalogue:
      return "asks the catalogue";
    case Role::target:
      return "loads rows";
    case Role::state:
      return "keeps the state of the run";
  }
  return "";
}

/// "15.20" -> 150020, as PQserverVersion has it; 15 when it is not known.
int version_of(const ServerInfo& server) {
  const int major = std::atoi(server.version.c_str());
  const auto dot = server.version.find('.');
  const int minor = dot == std::string::npos ? 0 : std::atoi(server.version.c_str() + dot + 1);
  return major < 10 ? 150000 : major * 10000 + minor;
}

Result made_result(const Rehearsed& rehearsed) {
  Result result(PQmakeEmptyPGresult(nullptr, PGRES_TUPLES_OK), true);
  if (rehearsed.rows.empty()) return result;
  std::vector<PGresAttDesc> columns(rehearsed.rows.front().size());
  char name[] = "column";
  for (PGresAttDesc& column : columns) column = {name, 0, 0, 0, 0, -1, -1};
  PQsetResultAttrs(result.raw(), static_cast<int>(columns.size()), columns.data());
  for (std::size_t row = 0; row < rehearsed.rows.size(); ++row) {
    for (std::size_t at = 0; at < columns.size(); ++at) {
      std::optional<std::string> cell = rehearsed.rows[row][at];
      PQsetvalue(result.raw(), static_cast<int>(row), static_cast<int>(at), cell ? cell->data() : nullptr,
                 cell ? static_cast<int>(cell->size()) : -1);
    }
  }
  return result;
}

bool good(ExecStatusType status) {
  return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_COPY_IN || status == PGRES_COPY_OUT;
}

}  // namespace

Result::~Result() {
  PQclear(result_);
}
int Result::rows() const {
  return PQntuples(result_);
}
int Result::columns() const {
  return PQnfields(result_);
}
bool Result::has_row(int row) const {
  if (row < rows()) return true;
  if (!rehearsed_) throw std::out_of_range(fmt::format("PostgreSQL answered {} rows, and row {} was read", rows(), row + 1));
  return false;
}
bool Result::null(int row, int column) const {
  return !has_row(row) || PQgetisnull(result_, row, column) != 0;
}
std::string Result::text(int row, int column) const {
  if (!has_row(row)) return {};
  return {PQgetvalue(result_, row, column), static_cast<std::size_t>(PQgetlength(result_, row, column))};
}
std::int64_t Result::number(int row, int column) const {
  return has_row(row) ? std::strtoll(PQgetvalue(result_, row, column), nullptr, 10) : 0;
}
bool Result::truth(int row, int column) const {
  return has_row(row) && PQgetvalue(result_, row, column)[0] == 't';
}
std::uint64_t Result::affected() const {
  return std::strtoull(PQcmdTuples(result_), nullptr, 10);
}

Session::Session(const ConnectionSpec& spec, Role role, const std::string& application)
    : spec_(spec), application_(application), role_(role) {
  if ((role == Role::target || role == Role::state) && !spec.allow_writes) {
    throw ConnectorError(ErrorKind::setup, "the connection `" + spec.name + "` does not allow writes (allow_writes = true)");
  }
  try {
    if (rehearsal() == nullptr) connect();
    if (rehearsal() != nullptr) {
      rehearsed_session_ = rehearsal()->open_session();
      rehearsed_version_ = rehearsal()->asks() ? asked().version() : version_of(rehearsal()->server());
    }
    pin_settings(role);
  } catch (...) {
    PQfreeCancel(canceller_);
    PQfinish(connection_);
    throw;
  }
}

Session::~Session() {
  PQfreeCancel(canceller_);
  PQfinish(connection_);
}

void Session::connect() {
  ConnectWords words = connect_words(spec_, application_);
  std::vector<const char*> values;
  for (const std::string& value : words.values) values.push_back(value.c_str());
  words.keys.push_back(nullptr);
  values.push_back(nullptr);
  connection_ = PQconnectStartParams(words.keys.data(), values.data(), 0);
  if (connection_ == nullptr || PQstatus(connection_) == CONNECTION_BAD) throw connect_error(connection_, place(spec_));
  PQsetErrorVerbosity(connection_, PQERRORS_VERBOSE);
  PQsetNoticeProcessor(
      connection_, [](void*, const char*) {}, nullptr);
  if (!finish_login(connection_, Clock::now() + spec_.connect_timeout)) {
    throw ConnectorError(ErrorKind::unreachable, "PostgreSQL at " + place(spec_) + " did not answer within " +
                                                     std::to_string(spec_.connect_timeout.count()) + " s");
  }
  if (PQstatus(connection_) != CONNECTION_OK) throw connect_error(connection_, place(spec_));
  PQsetErrorVerbosity(connection_, PQERRORS_DEFAULT);
  canceller_ = PQgetCancel(connection_);
}

void Session::pin_settings(Role role) {
  std::string sql =
      "SET TimeZone = 'UTC'; SET DateStyle = 'ISO, YMD'; SET IntervalStyle = 'iso_8601'; SET standard_conforming_strings = on; "
      "SET row_security = off; SET extra_float_digits = 3; SET bytea_output = 'hex'; SET statement_timeout = 0; SET lock_timeout "
      "= 0; "
      "SET client_min_messages = error; ";
  if (version() >= 110000) sql += "SET jit = off; ";
  if (version() >= 140000) sql += "SET client_connection_check_interval = '500ms'; ";
  run(sql + role_settings(role));
}

void Session::rehearse(const std::string& sql, const std::vector<std::optional<std::string>>& parameters, bool question) {
  std::vector<std::string> literals;
  for (const auto& parameter : parameters) literals.push_back(parameter ? quote_text(*parameter) : "NULL");
  rehearsal()->sent(rehearsed_session_, purpose_of(role_), sql, std::move(literals), question || role_ == Role::catalogue);
}

Session& Session::asked() {
  if (!asked_) {
    ConnectionSpec spec = spec_;
    spec.rehearsal = nullptr;
    asked_ = std::make_unique<Session>(spec, Role::catalogue, "syncline plan");
  }
  return *asked_;
}

/// The server's own answer where it may be asked and has one.
Result Session::rehearsed_answer(const std::string& sql, const std::vector<std::optional<std::string>>& parameters,
                                 const Rehearsed& rehearsed) {
  rehearse(sql, parameters, rehearsed.look);
  if (!rehearsed.look || !rehearsal()->asks()) return made_result(rehearsed);
  try {
    return {parameters.empty() ? asked().run(sql) : asked().query(sql, parameters), true};
  } catch (const ConnectorError& error) {
    if (error.kind == ErrorKind::unreachable || error.kind == ErrorKind::auth) throw;
    return made_result(rehearsed);
  }
}

Result Session::run(const std::string& sql, const Rehearsed& rehearsed) {
  if (rehearsal() != nullptr) return rehearsed_answer(sql, {}, rehearsed);
  Result result(PQexec(connection_, sql.c_str()));
  if (!good(PQresultStatus(result.raw()))) fail(result.raw(), sql);
  return result;
}

Result Session::query(const std::string& sql, const std::vector<std::optional<std::string>>& parameters,
                      const Rehearsed& rehearsed) {
  if (rehearsal() != nullptr) return rehearsed_answer(sql, parameters, rehearsed);
  std::vector<const char*> values;
  for (const auto& parameter : parameters) values.push_back(parameter ? parameter->c_str() : nullptr);
  Result result(
      PQexecParams(connection_, sql.c_str(), static_cast<int>(values.size()), nullptr, values.data(), nullptr, nullptr, 0));
  if (!good(PQresultStatus(result.raw()))) fail(result.raw(), sql);
  return result;
}

void Session::start_copy(const std::string& sql, bool in) {
  if (rehearsal() != nullptr) return rehearse(sql, {}, false);
  statement_ = sql;
  const Result result(PQexec(connection_, sql.c_str()));
  if (PQresultStatus(result.raw()) != (in ? PGRES_COPY_IN : PGRES_COPY_OUT)) fail(result.raw(), sql);
}

std::uint64_t Session::finish_copy() {
  if (rehearsal() != nullptr) return 0;
  const Result result(PQgetResult(connection_));
  const bool ok = PQresultStatus(result.raw()) == PGRES_COMMAND_OK;
  while (PGresult* rest = PQgetResult(connection_)) {
    const ExecStatusType status = PQresultStatus(rest);
    PQclear(rest);
    if (status == PGRES_COPY_IN || status == PGRES_COPY_OUT) break;
  }
  if (!ok) fail(result.raw(), statement_);
  return result.affected();
}

void Session::fail(const pg_result* result, const std::string& statement) {
  throw statement_error(connection_, result, statement);
}

void Session::cancel() noexcept {
  char message[256];
  if (canceller_ != nullptr) PQcancel(canceller_, message, sizeof message);
}

int Session::version() const {
  return rehearsal() != nullptr ? rehearsed_version_ : PQserverVersion(connection_);
}
int Session::backend_pid() const {
  return PQbackendPID(connection_);
}
bool Session::in_transaction() const {
  return rehearsal() == nullptr && PQtransactionStatus(connection_) != PQTRANS_IDLE;
}
bool Session::alive() const {
  return rehearsal() != nullptr || PQstatus(connection_) == CONNECTION_OK;
}
bool Session::wait_readable(std::chrono::milliseconds timeout) {
  if (rehearsal() != nullptr) return false;
  return poll_socket(PQsocket(connection_), POLLIN, timeout);
}

std::string array_parameter(const std::vector<std::string>& items) {
  std::string text = "{";
  for (const std::string& item : items) {
    if (text.size() > 1) text += ',';
    text += '"';
    for (const char c : item) {
      if (c == '"' || c == '\\') text += '\\';
      text += c;
    }
    text += '"';
  }
  return text + "}";
}

std::string reader_application() {
  return "syncline read " + std::to_string(::getpid());
}

void clear_environment() {
  PQconninfoOption* options = PQconndefaults();
  for (const PQconninfoOption* option = options; option != nullptr && option->keyword != nullptr; ++option) {
    if (option->envvar != nullptr) ::unsetenv(option->envvar);
  }
  PQconninfoFree(options);
  for (const char* name : {"PGSERVICE", "PGSERVICEFILE", "PGSYSCONFDIR", "PGDATESTYLE", "PGTZ", "PGGEQO", "PGREQUIRESSL"})
    ::unsetenv(name);
}

}  // namespace syncline::connectors::postgres
