#include "connectors/sqlite/script_session.h"

#include "connectors/sql/native_binds.h"
#include "connectors/sqlite/dialect.h"
#include "connectors/sqlite/session.h"
#include "connectors/sqlite/sqlite.h"

namespace syncline::connectors::sqlite {
namespace {

class SqliteScriptSession final : public ScriptSession {
 public:
  explicit SqliteScriptSession(const ConnectionSpec& spec) : database_(spec, Access::target) {}

  std::uint64_t execute(const ScriptStatement& statement) override {
    const auto spell = [](const types::Value& value) { return SqlText{"?", {value}}; };
    const SqlText text = sql::script_text(statement, sqlite_engine().lexical, dialect(), spell);
    const auto before = sqlite3_total_changes64(database_.handle());
    Statement prepared = database_.prepare(text.text);
    int parameter = 0;
    for (const types::Value& bind : text.binds) prepared.bind(++parameter, bind);
    while (prepared.step()) {
    }
    return static_cast<std::uint64_t>(sqlite3_total_changes64(database_.handle()) - before);
  }

  void cancel() noexcept override { database_.interrupt(); }

 private:
  Database database_;
};

}  // namespace

std::unique_ptr<ScriptSession> make_script_session(const ConnectionSpec& spec) {
  return std::make_unique<SqliteScriptSession>(spec);
}

}  // namespace syncline::connectors::sqlite
