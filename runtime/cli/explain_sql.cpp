#include "runtime/cli/explain_sql.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "compiler/catalog/lock.h"
#include "compiler/diag/kinds.h"
#include "compiler/plan/summary.h"
#include "connectors/api/registry.h"
#include "runtime/introspect/resolve.h"
#include "runtime/rehearse/literals.h"
#include "runtime/rehearse/rehearse.h"
#include "runtime/state/known_tables.h"
#include "stdlib/base/text.h"

namespace syncline::cli {

namespace {

using connectors::RehearsedStatement;
using nlohmann::ordered_json;

/// One table of one sync, and what it sends.
struct Explained {
  const plan::Sync& sync;
  const plan::Table& table;
  rehearse::Rehearsed rehearsed;
};

bool is_called(const types::ObjectName& name, const std::string& wanted) {
  return text::ascii_iequals(types::to_string(name), wanted) || text::ascii_iequals(name.table, wanted);
}

/// By a source table, as `database.table` or its last part, or by the table of the target.
bool is_asked_for(const plan::Table& table, const std::string& wanted) {
  const auto reads = [&](const plan::Table& one) { return is_called(one.source, wanted); };
  return reads(table) || is_called(table.target, wanted) || std::any_of(table.members.begin(), table.members.end(), reads);
}

std::vector<Explained> tables_of(const plan::Plan& plan, const std::string& wanted) {
  std::vector<Explained> found;
  for (const plan::Sync& sync : plan.syncs) {
    for (const plan::Table& table : sync.tables) {
      if (is_asked_for(table, wanted)) found.push_back({sync, table, {}});
    }
  }
  return found;
}

diag::Diagnostic selects_nothing(const plan::Plan& plan, const std::string& wanted) {
  std::vector<std::string> names;
  for (const plan::Sync& sync : plan.syncs) {
    for (const plan::Table& table : sync.tables) {
      names.push_back(types::to_string(table.source));
      names.push_back(types::to_string(table.target));
    }
  }
  diag::Diagnostic made = diag::SelectMatchesNothing(text::printable(wanted));
  const auto close = text::did_you_mean(wanted, names);
  return std::move(made).with_help(
      close ? fmt::format("did you mean `{}`? `syncline plan` lists all tables", text::printable(*close))
            : "name a table of the source or the target; `syncline plan` lists them");
}

/// What the locks say of the servers.
std::map<std::string, connectors::ServerInfo> locked_servers(const compiler::Options& options, const plan::Plan& plan) {
  std::map<std::string, connectors::ServerInfo> servers;
  for (const auto& [name, connection] : plan.connections) {
    std::ifstream file(options.lock_folder + "/" + name + ".lock", std::ios::binary);
    const std::string lines{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    catalog::Lock lock;
    if (!lines.empty() && !catalog::read_lock(lines, lock)) servers[name] = lock.server;
  }
  return servers;
}

std::string sources_text(const plan::Table& table) {
  if (table.members.empty()) return types::to_string(table.source);
  std::string names;
  for (const plan::Table& member : table.members) names += (names.empty() ? "" : ", ") + types::to_string(member.source);
  return names;
}

std::string load_text(const plan::Load& load) {
  std::string what = load.phase == types::Phase::full ? "FULL" : "INCREMENTAL";
  what += std::string(", ") + types::to_string(load.mode);
  if (load.windowed) what += ", window " + plan::window_text(load);
  return what;
}

const connectors::LexicalRules& rules_of(const plan::Plan& plan, const std::string& connection) {
  return connectors::default_registry().find(plan.connections.at(connection).engine)->lexical;
}

/// Control characters of foreign names do not reach a terminal.
void print_lines(const std::string& sql) {
  for (std::size_t at = 0; at <= sql.size();) {
    const std::size_t end = std::min(sql.find('\n', at), sql.size());
    fmt::print(stdout, "{}\n", text::printable(sql.substr(at, end - at)));
    at = end + 1;
  }
}

/// Prints the statements as one script that a person can read and copy from.
class Script {
 public:
  Script(const plan::Plan& plan, const Explained& explained) : plan_(plan), explained_(explained) {}

  void print() {
    head();
    for (const RehearsedStatement& statement : explained_.rehearsed.statements) {
      if (!statement.question) put(statement);
    }
  }

 private:
  void head() const {
    const auto& [sync, table, rehearsed] = explained_;
    fmt::print(stdout, "-- {}: {} {} → {} {}\n", text::printable(sync.name), plan::connection_text(plan_, sync.source_connection),
               text::printable(sources_text(table)), plan::connection_text(plan_, sync.target_connection),
               text::printable(types::to_string(table.target)));
    const auto& statements = rehearsed.statements;
    const auto questions = std::count_if(statements.begin(), statements.end(), [](const auto& one) { return one.question; });
    if (statements.empty()) return fmt::print(stdout, "-- nothing is due: a run sends nothing for this table\n"), void();
    fmt::print(
        stdout,
        "-- Nothing of this was executed. Epochs count from 1, as in the first run of a table; RUN_ID, HOST, process 0 and\n"
        "-- FINGERPRINT (a table's columns as its server tells them then) stand for those of a run; no rows were read, so\n"
        "-- counts are 0.\n");
    if (questions > 0)
      fmt::print(stdout, "-- Left out: {} to the catalogues (--format json has them).\n",
                 plan::counted(static_cast<std::uint64_t>(questions), "question"));
  }

  void put(const RehearsedStatement& statement) {
    if (statement.load != load_ || !begun_) begin_part(statement.load);
    if (statement.connection != connection_ || statement.of_source != of_source_) begin_side(statement);
    if (statement.session != session_) {
      session_ = statement.session;
      fmt::print(stdout, "-- session {}: {}\n", session_, statement.purpose);
    }
    std::string sql = rehearse::with_binds(statement.text, statement.binds, rules_of(plan_, statement.connection));
    while (!sql.empty() && (sql.back() == '\n' || sql.back() == ' ' || sql.back() == ';')) sql.pop_back();
    print_lines(sql + ";");
    for (const std::string& note : statement.notes) fmt::print(stdout, "-- ^ {}\n", text::printable(note));
  }

  void begin_part(int load) {
    const std::vector<plan::Load>& loads = explained_.table.loads;
    std::string what = load_ == 0 && !begun_ ? "before the loads" : "behind the load";
    if (load > 0) what = fmt::format("load {} of {}", load, loads.size());
    if (load > 0 && static_cast<std::size_t>(load) <= loads.size())
      what += ": " + load_text(loads[static_cast<std::size_t>(load - 1)]);
    fmt::print(stdout, "\n-- ==== {}\n", what);
    begun_ = true;
    load_ = load;
    connection_.clear();
  }

  void begin_side(const RehearsedStatement& statement) {
    connection_ = statement.connection;
    of_source_ = statement.of_source;
    session_ = 0;
    fmt::print(stdout, "\n-- {}: {} ({})\n", of_source_ ? "source" : "target", text::printable(connection_),
               plan_.connections.at(connection_).engine);
  }

  const plan::Plan& plan_;
  const Explained& explained_;
  bool begun_ = false;
  int load_ = 0;
  std::string connection_;
  bool of_source_ = false;
  int session_ = 0;
};

ordered_json load_json(const plan::Load& load) {
  ordered_json made{{"phase", types::to_string(load.phase)}, {"mode", types::to_string(load.mode)}};
  made["window"] = load.windowed ? ordered_json(plan::window_text(load)) : ordered_json(nullptr);
  return made;
}

ordered_json statement_json(const plan::Plan& plan, const RehearsedStatement& statement) {
  ordered_json made{{"load", statement.load > 0 ? ordered_json(statement.load) : ordered_json(nullptr)},
                    {"side", statement.of_source ? "source" : "target"},
                    {"connection", statement.connection},
                    {"engine", plan.connections.at(statement.connection).engine},
                    {"session", statement.session},
                    {"purpose", statement.purpose},
                    {"question", statement.question},
                    {"sql", statement.text},
                    {"binds", statement.binds}};
  made["literal_sql"] = rehearse::with_binds(statement.text, statement.binds, rules_of(plan, statement.connection));
  made["notes"] = statement.notes;
  return made;
}

ordered_json table_json(const plan::Plan& plan, const Explained& explained) {
  const auto& [sync, table, rehearsed] = explained;
  ordered_json sources = ordered_json::array();
  for (const plan::Table& member : table.members) sources.push_back(types::to_string(member.source));
  if (table.members.empty()) sources.push_back(types::to_string(table.source));
  ordered_json made{{"sync", sync.name},
                    {"source", plan::connection_text(plan, sync.source_connection)},
                    {"source_tables", std::move(sources)},
                    {"target", plan::connection_text(plan, sync.target_connection)},
                    {"target_table", types::to_string(table.target)},
                    {"loads", ordered_json::array()},
                    {"statements", ordered_json::array()},
                    {"errors", ordered_json::array()}};
  for (const plan::Load& load : table.loads) made["loads"].push_back(load_json(load));
  for (const RehearsedStatement& statement : rehearsed.statements) made["statements"].push_back(statement_json(plan, statement));
  for (const diag::Diagnostic& error : rehearsed.errors)
    made["errors"].push_back({{"code", diag::info(error.code).text}, {"message", error.message}, {"help", error.help}});
  return made;
}

}  // namespace

int explain_sql(const Common& common, const std::string& table, const Due& due, bool offline) {
  const Project project = find_project(".");
  compiler::Options options = compiler_options(common, project);
  apply(due, options);
  const connectors::Registry& registry = connectors::default_registry();
  compiler::Result result;
  state::LocalKnownTables known(state_folder(common, project.folder));
  if (offline) {
    compiler::compile_offline(options, registry, result);
  } else {
    compiler::compile(options, registry, introspect::live_catalogs(registry, &known), result);
  }
  result.sink.sort(result.sources);
  report_beside_data(result, common);
  if (!result.plan || result.sink.has_errors()) {
    const int code = exit_of(result);
    return code == kOk ? kUsage : code;
  }
  std::vector<Explained> found = tables_of(*result.plan, table);
  if (found.empty()) {
    report(selects_nothing(*result.plan, table), common);
    return kFindings;
  }
  rehearse::Options how;
  how.started_at = options.started_at;
  how.adopt = due.adopt;
  how.asks = !offline;
  if (offline) how.servers = locked_servers(options, *result.plan);
  bool failed = false;
  ordered_json tables = ordered_json::array();
  for (std::size_t at = 0; at < found.size(); ++at) {
    Explained& one = found[at];
    one.rehearsed = rehearse::rehearse(*result.plan, one.sync, one.table, registry, how);
    for (const diag::Diagnostic& error : one.rehearsed.errors) report(error, common);
    failed = failed || !one.rehearsed.errors.empty();
    if (common.format == "json") {
      tables.push_back(table_json(*result.plan, one));
    } else if (one.rehearsed.errors.empty()) {
      if (at > 0) fmt::print(stdout, "\n");
      Script(*result.plan, one).print();
    }
  }
  if (common.format == "json") {
    const ordered_json out{{"version", 1}, {"tables", std::move(tables)}};
    fmt::print(stdout, "{}\n", out.dump(2, ' ', false, ordered_json::error_handler_t::replace));
  }
  return failed ? kFindings : kOk;
}

}  // namespace syncline::cli
