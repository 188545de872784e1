#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "connectors/api/connector.h"

struct pg_conn;
struct pg_result;
struct pg_cancel;

namespace syncline::connectors::postgres {

/// What a rehearsal takes for the answer to a statement.
struct Rehearsed {
  std::vector<std::vector<std::optional<std::string>>> rows;
  bool look = false;  ///< the server itself is asked where the rehearsal may
};
inline Rehearsed answer_cell(std::string text) {
  Rehearsed made;
  made.rows.push_back({std::move(text)});
  return made;
}
/// A question to the catalogue.
inline Rehearsed look_it_up(Rehearsed otherwise = {}) {
  otherwise.look = true;
  return otherwise;
}

/// A finished statement's rows, as text. Owns the libpq result. A row that is not there may be read of a rehearsed answer only,
/// as nulls; of a server's it is a mistake of ours (std::out_of_range).
class Result {
 public:
  explicit Result(pg_result* result, bool rehearsed = false) : result_(result), rehearsed_(rehearsed) {}
  /// A server's answer in a rehearsal.
  Result(Result&& other, bool rehearsed) noexcept : result_(other.result_), rehearsed_(rehearsed) { other.result_ = nullptr; }
  ~Result();
  Result(Result&& other) noexcept : result_(other.result_), rehearsed_(other.rehearsed_) { other.result_ = nullptr; }
  Result& operator=(Result&&) = delete;
  Result(const Result&) = delete;
  Result& operator=(const Result&) = delete;

  [[nodiscard]] int rows() const;
  [[nodiscard]] int columns() const;
  [[nodiscard]] bool null(int row, int column) const;
  /// Empty for null.
  [[nodiscard]] std::string text(int row, int column) const;
  [[nodiscard]] std::int64_t number(int row, int column) const;
  [[nodiscard]] bool truth(int row, int column) const;
  /// Rows that the command's tag reports.
  [[nodiscard]] std::uint64_t affected() const;
  [[nodiscard]] pg_result* raw() const { return result_; }

 private:
  [[nodiscard]] bool has_row(int row) const;

  pg_result* result_;
  bool rehearsed_;
};

/// What a session is for; decides its pinned settings.
enum class Role : std::uint8_t { source, catalogue, target, state };

/// One connection with its settings pinned (UTC, ISO dates, UTF-8, no row security, no statement timeout; sources cannot write).
/// One thread at a time; `cancel` alone from any.
class Session {
 public:
  /// `application` is the name that other sessions see.
  Session(const ConnectionSpec& spec, Role role, const std::string& application = "syncline");
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  /// One or several statements without parameters; the last one's result.
  Result run(const std::string& sql, const Rehearsed& rehearsed = {});
  /// One statement with text parameters ($1…); nothing = NULL.
  Result query(const std::string& sql, const std::vector<std::optional<std::string>>& parameters,
               const Rehearsed& rehearsed = {});
  /// Sends a COPY statement and checks that the server entered the copy state.
  void start_copy(const std::string& sql, bool in);
  /// Reads the end of a COPY OUT, or of a COPY IN after its end was sent: rows that the server's tag reports.
  std::uint64_t finish_copy();
  /// Throws the error of the connection's last failure.
  [[noreturn]] void fail(const pg_result* result, const std::string& statement);
  void cancel() noexcept;

  /// Null in a rehearsal.
  [[nodiscard]] pg_conn* raw() const { return connection_; }
  [[nodiscard]] Rehearsal* rehearsal() const { return spec_.rehearsal.get(); }
  /// For people who read the rehearsal, behind the last statement.
  void note(std::string text) { rehearsal()->note(rehearsed_session_, std::move(text)); }
  [[nodiscard]] int version() const;
  [[nodiscard]] int backend_pid() const;
  [[nodiscard]] bool in_transaction() const;
  [[nodiscard]] bool alive() const;
  [[nodiscard]] const ConnectionSpec& spec() const { return spec_; }
  /// Waits until the socket can be read. False after `timeout`.
  bool wait_readable(std::chrono::milliseconds timeout);

 private:
  void connect();
  void pin_settings(Role role);
  void rehearse(const std::string& sql, const std::vector<std::optional<std::string>>& parameters, bool question);
  Result rehearsed_answer(const std::string& sql, const std::vector<std::optional<std::string>>& parameters,
                          const Rehearsed& rehearsed);
  Session& asked();
  ConnectionSpec spec_;
  std::string application_;
  pg_conn* connection_ = nullptr;
  pg_cancel* canceller_ = nullptr;
  std::string statement_;
  Role role_;
  int rehearsed_session_ = 0;
  int rehearsed_version_ = 0;
  std::unique_ptr<Session> asked_;  ///< of a rehearsal: read-only, for its questions
};

/// `{"a","b"}`: a text[] parameter.
std::string array_parameter(const std::vector<std::string>& items);
/// What the reading sessions of this process are called: their snapshots do not look at what this process loads.
std::string reader_application();
/// Removes every variable that libpq would read from the environment. Called once, before the first connection.
void clear_environment();

}  // namespace syncline::connectors::postgres
