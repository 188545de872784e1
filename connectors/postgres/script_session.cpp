#include "connectors/postgres/script_session.h"

#include <libpq-fe.h>

#include "connectors/postgres/dialect.h"
#include "connectors/postgres/postgres.h"
#include "connectors/postgres/session.h"
#include "connectors/sql/native_binds.h"
#include "stdlib/types/calendar.h"

namespace syncline::connectors::postgres {
namespace {

/// A value as a text parameter, and the type it is read as.
struct Parameter {
  std::optional<std::string> text;
  const char* type;
};

struct ParameterOf {
  Parameter operator()(std::monostate) const { return {std::nullopt, "text"}; }
  Parameter operator()(bool value) const { return {value ? "true" : "false", "boolean"}; }
  Parameter operator()(std::int64_t value) const { return {std::to_string(value), "bigint"}; }
  Parameter operator()(const types::Decimal& value) const { return {value.text, "numeric"}; }
  Parameter operator()(const std::string& value) const { return {value, "text"}; }
  Parameter operator()(types::Date value) const { return {types::format_date(value.days), "date"}; }
  Parameter operator()(types::Timestamp value) const {
    const bool bounded = value.micros != types::kTimestampInfinity && value.micros != types::kTimestampMinusInfinity;
    return {types::format_timestamp(value.micros, 6) + (bounded ? "+00" : ""), "timestamptz"};
  }
  Parameter operator()(const types::Interval& value) const { return {types::to_text(types::Value(value)), "interval"}; }
};

class PostgresScriptSession final : public ScriptSession {
 public:
  /// The role's own search path: these are the words of the script, not ours.
  explicit PostgresScriptSession(const ConnectionSpec& spec) : session_(spec, Role::state, "syncline hook") {
    session_.run("RESET search_path; SET idle_in_transaction_session_timeout = 0");
  }

  std::uint64_t execute(const ScriptStatement& statement) override {
    std::vector<std::optional<std::string>> parameters;
    const auto spell = [&parameters](const types::Value& value) {
      Parameter made = std::visit(ParameterOf{}, value);
      parameters.push_back(std::move(made.text));
      return SqlText{"$" + std::to_string(parameters.size()) + "::" + made.type, {}};
    };
    const SqlText text = sql::script_text(statement, postgres_engine().lexical, dialect(), spell);
    const Result result = session_.query(text.text, parameters);
    const ExecStatusType status = PQresultStatus(result.raw());
    if (status == PGRES_COPY_IN || status == PGRES_COPY_OUT)
      throw ConnectorError(ErrorKind::unsupported, "COPY through the session: there is nobody to send or take the rows");
    return status == PGRES_COMMAND_OK ? result.affected() : 0;
  }

  void cancel() noexcept override { session_.cancel(); }

 private:
  Session session_;
};

}  // namespace

std::unique_ptr<ScriptSession> make_script_session(const ConnectionSpec& spec) {
  return std::make_unique<PostgresScriptSession>(spec);
}

}  // namespace syncline::connectors::postgres
