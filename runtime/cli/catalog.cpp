#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <set>

#include "compiler/pipeline.h"
#include "connectors/api/registry.h"
#include "runtime/cli/commands.h"
#include "runtime/cli/files.h"
#include "runtime/cli/git.h"
#include "runtime/introspect/resolve.h"
#include "runtime/state/known_tables.h"
#include "stdlib/base/text.h"

namespace syncline::cli {

namespace fs = std::filesystem;
using catalog::LockChange;

namespace {

using Json = nlohmann::ordered_json;

/// What is said about one lock.
struct Said {
  std::string file;  ///< as people see it
  std::string connection;
  std::string head;  ///< "written", "up to date"
  std::vector<LockChange> changes;
};

const char* word_of(LockChange::Kind kind) {
  switch (kind) {
    case LockChange::Kind::drift:
      return "drift";
    case LockChange::Kind::pattern:
      return "pattern";
    case LockChange::Kind::minor:
      return "minor";
  }
  return "drift";
}

std::string dumped(const Json& json) {
  return json.dump(2, ' ', false, Json::error_handler_t::replace);
}

void print(const std::vector<Said>& all, const Common& common) {
  if (common.format == "json") {
    Json locks = Json::array();
    for (const Said& one : all) {
      Json changes = Json::array();
      for (const LockChange& change : one.changes)
        changes.push_back({{"object", change.object}, {"what", change.what}, {"kind", word_of(change.kind)}});
      locks.push_back({{"file", one.file}, {"connection", one.connection}, {"result", one.head}, {"changes", changes}});
    }
    fmt::print(stdout, "{}\n", dumped({{"version", 1}, {"locks", locks}}));
    return;
  }
  for (const Said& one : all) {
    fmt::print(stdout, "{}: {}\n", one.file, one.head);
    for (const LockChange& change : one.changes) fmt::print(stdout, "  {}\n", catalog::to_string(change));
  }
}

std::string shown(const std::string& file, const Project& project) {
  const fs::path relative = fs::path(file).lexically_relative(project.folder);
  return text::printable(relative.empty() || *relative.begin() == ".." ? file : relative.string());
}

std::string read_text(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream || !fs::is_regular_file(file))
    throw UsageError{fmt::format("cannot read `{}`", text::printable(file.string())), "name a lock file"};
  return {std::istreambuf_iterator<char>(stream), {}};
}

catalog::Lock lock_of(const fs::path& file) {
  const std::string text = read_text(file);
  catalog::Lock lock;
  const auto problem = catalog::read_lock(text, lock);
  if (!problem) return lock;
  source::SourceSet sources;
  const source::SourceId source = sources.add(file.string(), text);
  const source::Position at = sources.position(source, problem->offset);
  throw UsageError{fmt::format("{}:{}:{}: {}", text::printable(file.string()), at.line, at.column, problem->message),
                   problem->help.empty() ? "run `syncline catalog snapshot` again" : problem->help, "SY5040"};
}

/// What the databases say now; nothing after errors, which are reported.
std::optional<std::vector<compiler::Snapshot>> asked(const Common& common, const Project& project, int* code) {
  compiler::Options options = compiler_options(common, project);
  options.partial_snapshot = !common.paths.empty() || !common.select.empty() || !common.tables.empty();
  const connectors::Registry& registry = connectors::default_registry();
  state::LocalKnownTables known(state_folder(common, project.folder));
  compiler::Result result;
  auto snapshots = compiler::snapshot(options, registry, introspect::live_catalogs(registry, &known), result);
  result.sink.sort(result.sources);
  if (result.sink.has_errors()) {
    report(result, common);
    *code = exit_of(result);
    return std::nullopt;
  }
  return snapshots;
}

int snapshot(const Common& common) {
  const Project project = find_project(".");
  int code = kOk;
  const auto snapshots = asked(common, project, &code);
  if (!snapshots) return code;
  std::vector<Said> all;
  for (const compiler::Snapshot& one : *snapshots) {
    Said said{shown(one.file, project), one.lock.connection, "up to date", {}};
    const std::string text = catalog::to_text(one.lock);
    if (one.before) said.changes = catalog::differences(*one.before, one.lock);
    if (!one.before || !one.file_exists || read_text(one.file) != text) {
      fs::create_directories(fs::path(one.file).parent_path());
      replace_file(one.file, text);
      said.head = fmt::format("written, {} table{}", one.lock.tables.size(), one.lock.tables.size() == 1 ? "" : "s");
    }
    all.push_back(std::move(said));
  }
  print(all, common);
  return kOk;
}

int check(const Common& common) {
  const Project project = find_project(".");
  int code = kOk;
  const auto snapshots = asked(common, project, &code);
  if (!snapshots) return code;
  std::vector<Said> all;
  for (const compiler::Snapshot& one : *snapshots) {
    Said said{shown(one.file, project), one.lock.connection, "as the database says", {}};
    if (!one.before) {
      said.head =
          one.file_exists ? "cannot be read: run `syncline catalog snapshot`" : "is missing: run `syncline catalog snapshot`";
      code = kFindings;
    } else {
      for (LockChange& change : catalog::differences(*one.before, one.lock))
        if (change.kind != LockChange::Kind::minor) said.changes.push_back(std::move(change));
      if (!said.changes.empty()) said.head = "no longer true: run `syncline catalog snapshot`";
      if (!said.changes.empty()) code = kFindings;
    }
    all.push_back(std::move(said));
  }
  print(all, common);
  return code;
}

Said compared(const std::string& name, const std::optional<catalog::Lock>& before, const std::optional<catalog::Lock>& after) {
  Said said{name, before ? before->connection : after->connection, "no difference", {}};
  if (!before || !after) {
    said.head = before ? "the lock is gone" : "the lock is new";
    return said;
  }
  said.changes = catalog::differences(*before, *after);
  if (!said.changes.empty()) said.head = "changed";
  return said;
}

std::set<std::string> locks_in(const fs::path& folder) {
  std::set<std::string> names;
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(folder, none))
    if (entry.path().extension() == ".lock") names.insert(entry.path().filename().string());
  return names;
}

int diff_revision(const std::string& revision, const Common& common) {
  const Project project = find_project(".");
  const Checkout old(project.folder, revision);
  const fs::path before = fs::path(old.folder()) / "catalog", after = fs::path(project.folder) / "catalog";
  std::set<std::string> names = locks_in(before);
  names.merge(locks_in(after));
  const auto read = [](const fs::path& file) {
    return fs::exists(file) ? std::optional<catalog::Lock>(lock_of(file)) : std::nullopt;
  };
  std::vector<Said> all;
  for (const std::string& name : names) all.push_back(compared("catalog/" + name, read(before / name), read(after / name)));
  print(all, common);
  return kOk;
}

int diff(const std::vector<std::string>& what, const Common& common) {
  if (what.size() == 1) return diff_revision(revision_of(what.front()), common);
  print({compared(what.back(), lock_of(what.front()), lock_of(what.back()))}, common);
  return kOk;
}

void add_snapshot(CLI::App& app, Action& action) {
  CLI::App* command = app.add_subcommand("snapshot", "write the locks: what the databases of the scripts say now");
  auto common = std::make_shared<Common>();
  examples(*command,
           "  syncline catalog snapshot              the locks of all connections that the project's syncs use\n"
           "  syncline catalog snapshot shop.sync    of one script; what the locks cover besides stays in them");
  add_common(*command, *common, "human|json");
  command->callback([common, &action] { action = [common] { return snapshot(*common); }; });
}

void add_check_lock(CLI::App& app, Action& action) {
  CLI::App* command = app.add_subcommand("check", "ask the databases whether the locks still hold; writes nothing");
  auto common = std::make_shared<Common>();
  examples(*command,
           "  syncline catalog check                 each night: exit 1 when a database is no longer what its lock says");
  add_common(*command, *common, "human|json");
  command->callback([common, &action] { action = [common] { return check(*common); }; });
}

void add_diff(CLI::App& app, Action& action) {
  CLI::App* command = app.add_subcommand("diff", "what changed between two locks, in words; needs no database");
  auto common = std::make_shared<Common>();
  auto what = std::make_shared<std::vector<std::string>>();
  examples(*command,
           "  syncline catalog diff git:main         the locks of a revision and those of the work tree\n"
           "  syncline catalog diff old.lock new.lock");
  command->add_option("what", *what, "two lock files, or git:REV")->required()->expected(1, 2)->type_name("FILE");
  command->add_option("--format", common->format, "human or json")->check(CLI::IsMember({"human", "json"}));
  command->callback([common, what, &action] { action = [common, what] { return diff(*what, *common); }; });
}

}  // namespace

void add_catalog(CLI::App& app, Action& action) {
  CLI::App* command =
      app.add_subcommand("catalog", "catalogue locks: what the databases say, in git, so that CI needs none of them");
  examples(*command,
           "  syncline catalog snapshot        write catalog/CONNECTION.lock for each connection; commit them\n"
           "  syncline catalog check           exit 1 when a database is no longer what its lock says\n"
           "  syncline catalog diff git:main   what changed in the locks since then, in words");
  command->require_subcommand(1);
  add_snapshot(*command, action);
  add_check_lock(*command, action);
  add_diff(*command, action);
}

}  // namespace syncline::cli
