#include <fmt/format.h>

#include <re2/re2.h>
#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>

#include "compiler/diag/render.h"
#include "compiler/pipeline.h"
#include "connectors/api/connector.h"
#include "connectors/api/registry.h"
#include "runtime/cli/commands.h"
#include "runtime/introspect/resolve.h"
#include "stdlib/base/text.h"

namespace syncline::cli {

namespace {

constexpr const char* kFromPassword = "SYNCLINE_FROM_PASSWORD";
constexpr const char* kToPassword = "SYNCLINE_TO_PASSWORD";

struct InitOptions {
  std::string from;
  std::string to;
  std::string output = "sync.sync";
  bool no_color = false;
};

/// One end of the new script: `engine://user@host:port/database`, or the path of a SQLite file.
struct Place {
  std::string name;  ///< of the connection
  std::string engine;
  std::map<std::string, std::string> settings;  ///< canonical text
  std::string password_variable;                ///< empty: no password
};

std::string identifier_of(const std::string& text) {
  std::string name;
  for (const char c : text) name += std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '_';
  if (name.empty() || std::isdigit(static_cast<unsigned char>(name.front())) != 0) name = "db_" + name;
  return name;
}

Place place_of_file(const std::string& path) {
  Place place;
  place.engine = "sqlite";
  place.settings["path"] = path;
  place.name = identifier_of(std::filesystem::path(path).stem().string());
  return place;
}

Place place_of(const std::string& text, const std::string& flag, const std::string& variable) {
  static const re2::RE2 url(R"(([a-z]+)://(?:([^:@/]*)(:[^@/]*)?@)?([^:/@]*)(?::([0-9]+))?(?:/([^/?#]*))?)");
  std::string engine, user, password, host, port, database;
  if (text.find("://") == std::string::npos) return place_of_file(text);
  if (!re2::RE2::FullMatch(text, url, &engine, &user, &password, &host, &port, &database))
    throw UsageError{fmt::format("{} is no address", flag),
                     "write engine://user@host:port/database, or the path of a SQLite file"};
  if (!password.empty())
    throw UsageError{fmt::format("{} holds a password: it would end up in the shell's history", flag),
                     fmt::format("leave it out and set {}", variable)};
  const connectors::EngineInfo* known = connectors::default_registry().find(engine == "postgresql" ? "postgres"
                                                                            : engine == "mariadb"  ? "mysql"
                                                                                                   : engine);
  if (known == nullptr || !known->built)
    throw UsageError{fmt::format("no engine `{}` in {}", engine, flag), fmt::format("built engines: mysql, postgres, sqlite")};
  Place place;
  place.engine = std::string(known->name);
  if (!host.empty()) place.settings["host"] = host;
  if (!port.empty()) place.settings["port"] = port;
  if (!user.empty()) place.settings["user"] = user;
  if (!database.empty()) place.settings["database"] = database;
  if (std::getenv(variable.c_str()) != nullptr) place.password_variable = variable;
  place.name = identifier_of(database.empty() ? place.engine : database);
  return place;
}

plan::Connection connection_of(const Place& place) {
  plan::Connection connection;
  connection.name = place.name;
  connection.engine = place.engine;
  connection.settings = place.settings;
  if (!place.password_variable.empty()) connection.secrets["password"] = "env:" + place.password_variable;
  return connection;
}

std::string string_literal(const std::string& value) {
  std::string out = "'";
  for (const char c : value) out += c == '\'' ? "''" : std::string(1, c);
  return out + "'";
}

std::string statement_of(const Place& place, bool target) {
  std::vector<std::string> settings;
  for (const auto& [key, value] : place.settings)
    settings.push_back(fmt::format("{} = {}", key, key == "port" ? value : string_literal(value)));
  if (!place.password_variable.empty()) settings.push_back(fmt::format("password = SECRET 'env:{}'", place.password_variable));
  if (target) settings.emplace_back("allow_writes = true");
  return fmt::format("CONNECTION {} TYPE {} ({});\n", place.name, place.engine, fmt::join(settings, ", "));
}

std::string pattern_name(const std::string& name) {
  static const re2::RE2 plain("[A-Za-z_][A-Za-z0-9_]*");
  if (re2::RE2::FullMatch(name, plain)) return name;
  std::string out = "\"";
  for (const char c : name) out += c == '"' ? "\"\"" : std::string(1, c);
  return out + "\"";
}

/// What the source holds: its containers (one without a name where the engine has none) and how many tables each has.
using Containers = std::map<std::string, std::size_t>;

Containers containers_of(const Place& place) {
  const connectors::Registry& registry = connectors::default_registry();
  const connectors::Connector* connector = registry.connector(place.engine);
  const connectors::ConnectionSpec spec = introspect::resolve(connection_of(place));
  auto introspector = connector->open_introspector(spec);
  std::vector<std::string> wanted;
  if (connector->info().name == "mysql" && !spec.database.empty()) wanted.push_back(spec.database);
  Containers containers;
  for (const auto& object : introspector->list(wanted))
    if (object.kind == connectors::ObjectKind::table) ++containers[object.name.container];
  return containers;
}

std::vector<std::string> patterns_of(const Containers& containers) {
  std::vector<std::string> patterns;
  for (const auto& [container, count] : containers) patterns.push_back(container.empty() ? "*" : pattern_name(container) + ".*");
  return patterns;
}

/// A single database goes to the database that --to names; without this it would keep its name beside it. (`public` does anyway.)
std::string naming_of(const Containers& containers, const Place& to) {
  const auto database = to.settings.find("database");
  const std::string& only = containers.begin()->first;
  if (to.engine != "mysql" || database == to.settings.end() || containers.size() != 1) return "";
  if (only.empty() || only == "public" || only == database->second) return "";
  return fmt::format("NAMING (DATABASE = {})\n", string_literal(database->second));
}

void probe_target(const Place& place) {
  if (place.engine == "sqlite") return;
  connectors::default_registry().connector(place.engine)->open_introspector(introspect::resolve(connection_of(place)))->server();
}

std::string script_of(const Place& from, const Place& to, const Containers& containers) {
  return fmt::format("{}\n{}\nSYNC {}_to_{}\nFROM {} TABLES ({})\nINTO {}\n{}LOAD FULL WRITE RECREATE;\n",
                     statement_of(from, false), statement_of(to, true), from.name, to.name, from.name,
                     fmt::join(patterns_of(containers), ", "), to.name, naming_of(containers, to));
}

std::string formatted(const std::string& script) {
  compiler::Result result;
  const auto id = result.sources.add("<new script>", script);
  const auto made = compiler::format(result.sources, id, result.sink);
  if (!made)
    throw std::runtime_error("the script made by init does not parse:\n" + diag::render_human(result.sink, result.sources, {}));
  return *made;
}

/// Does what needs a connection; false and a word about it when there is none.
bool connects(const Place& place, const char* flag, const char* variable, const std::function<void()>& work) {
  try {
    work();
    return true;
  } catch (const connectors::ConnectorError& error) {
    fmt::print(stderr, "error[SY8001]: cannot connect to what {} names: {}\n", flag, text::printable(error.what()));
    if (!error.help.empty()) fmt::print(stderr, "  help: {}\n", error.help);
    if (place.engine != "sqlite" && place.password_variable.empty())
      fmt::print(stderr, "  help: a password is taken from {}, which is not set\n", variable);
    return false;
  } catch (const introspect::SecretError& error) {
    throw UsageError{error.message, ""};
  }
}

int init(const InitOptions& chosen) {
  if (std::filesystem::exists(chosen.output))
    throw UsageError{fmt::format("`{}` exists already", chosen.output), "choose another name with --output"};
  Place from = place_of(chosen.from, "--from", kFromPassword);
  Place to = place_of(chosen.to, "--to", kToPassword);
  if (to.name == from.name) to.name += "_copy";
  Containers containers;
  if (!connects(from, "--from", kFromPassword, [&] { containers = containers_of(from); })) return kUnreachable;
  if (!connects(to, "--to", kToPassword, [&] { probe_target(to); })) return kUnreachable;
  if (containers.empty())
    throw UsageError{fmt::format("`{}` holds no table that this user can see", chosen.from),
                     "check the database name and the rights"};
  std::ofstream stream(chosen.output, std::ios::binary);
  stream << formatted(script_of(from, to, containers));
  stream.flush();
  if (!stream) throw UsageError{fmt::format("cannot write `{}`", chosen.output), "is the folder writable?"};
  std::size_t tables = 0;
  for (const auto& [container, count] : containers) tables += count;
  fmt::print(stdout, "wrote {}: {} table{} of {} into {}\nNext: syncline plan {}\n", chosen.output, tables,
             tables == 1 ? "" : "s", from.name, to.name, spoken({chosen.output}));
  return kOk;
}

}  // namespace

void add_init(CLI::App& app, Action& action) {
  CLI::App* command = app.add_subcommand("init", "connect to both ends and write a first script");
  auto chosen = std::make_shared<InitOptions>();
  examples(*command,
           "  syncline init --from shop.db --to copy.db\n"
           "  SYNCLINE_FROM_PASSWORD=… SYNCLINE_TO_PASSWORD=… \\\n"
           "    syncline init --from mysql://reader@db1:3306/shop --to postgres://loader@db2/dw --output shop.sync");
  command->add_option("--from", chosen->from, "source: engine://user@host:port/database or a SQLite path")
      ->required()
      ->type_name("ADDRESS");
  command->add_option("--to", chosen->to, "target, likewise")->required()->type_name("ADDRESS");
  command->add_option("--output", chosen->output, "the script to write (default sync.sync); never overwritten")
      ->type_name("FILE");
  command->callback([chosen, &action] { action = [chosen] { return init(*chosen); }; });
}

}  // namespace syncline::cli
