#include "compiler/planner/naming.h"

#include <algorithm>

#include "stdlib/base/text.h"

namespace syncline::planner {
namespace {

std::optional<ast::NameLevel> container_level(const connectors::EngineInfo& engine) {
  if (!engine.has_container()) return std::nullopt;
  return engine.levels.front() == "schema" ? ast::NameLevel::schema : ast::NameLevel::database;
}

/// Whether the connection's `database` names the container level (MySQL), not the catalogue above it (PostgreSQL).
bool database_is_container(const connectors::EngineInfo& engine) {
  return container_level(engine) == ast::NameLevel::database;
}

std::optional<std::string> evaluate(Context& context, SyncWork& sync, Work& work, ast::NameLevel level) {
  const auto rule = work.policy.naming.find(level);
  if (rule == work.policy.naming.end()) return std::nullopt;
  analyze::Scope scope;
  scope.unit = &context.unit;
  scope.names = &work.names;
  scope.latest = expr::Phase::plan;
  scope.when = "the plan is made";
  diag::Sink local;
  const auto name = analyze::evaluate_name(*rule->second.value, scope, local);
  context.script.route(local, rule->second.value->span, sync.bound->name, work);
  return name;
}

/// The container where NAMING is silent; empty when the target needs one and nothing gives it.
std::string default_container(const SyncWork& sync, const Work& work) {
  const connectors::EngineInfo& target = *sync.target.engine;
  const std::string configured = database_is_container(target) ? sync.target.connection->database : std::string();
  const std::string fallback = configured.empty() ? std::string(target.default_container) : configured;
  const std::string& source = work.plan.source.container;
  if (source.empty()) return fallback;
  const bool source_default = source == sync.source.engine->default_container;
  return source_default && !fallback.empty() ? fallback : source;
}

void say_container(Context& context, const SyncWork& sync, Work& work, const std::string& container) {
  const std::string& configured = sync.target.connection->database;
  if (container != work.plan.source.container) {
    if (!work.plan.source.container.empty())
      work.reason("`" + work.plan.source.container + "` goes to `" + container + "`, the target's own");
    return;
  }
  if (!database_is_container(*sync.target.engine) || configured.empty() || configured == container) return;
  context.script.emit(diag::ContainerDiffers(types::to_string(types::ObjectName{container, "*"}), container,
                                             sync.target.connection->plan.name, configured)
                          .at(sync.bound->span)
                          .with_help("NAMING (DATABASE = '" + configured + "') writes there instead"));
}

std::string container_of(Context& context, SyncWork& sync, Work& work) {
  const auto level = container_level(*sync.target.engine);
  if (!level) return {};
  if (const auto named = evaluate(context, sync, work, *level)) return *named;
  const std::string container = default_container(sync, work);
  if (container.empty()) {
    finding(sync, work,
            diag::TargetName(fmt::format("`{}` has no {} to go to: {} gives none", types::to_string(work.plan.source),
                                         sync.target.engine->levels.front(), sync.source.engine->name))
                .with_help("set `database` of connection `" + sync.target.connection->plan.name + "`, or NAMING (DATABASE = …)"));
  }
  say_container(context, sync, work, container);
  return container;
}

void check_length(SyncWork& sync, Work& work, const std::string& name, const char* level) {
  const std::string problem = name.empty()
                                  ? fmt::format("the {} name of `{}` is empty", level, types::to_string(work.plan.source))
                                  : too_long(name, *sync.target.engine);
  if (problem.empty()) return;
  finding(sync, work, diag::TargetName(problem).with_help("shorten it with NAMING, for example left(source.table, 40)"));
}

void check_place(SyncWork& sync, Work& work, bool same_server) {
  if (!same_server || !sync.same_engine()) return;
  const bool readers_keep_writers_out = sync.target.can().max_parallel_loads == 1;
  if (readers_keep_writers_out) {
    finding(sync, work,
            diag::SamePlace(sync.bound->name, types::to_string(work.plan.source))
                .with_help("a file that is being read cannot be written: write to another file"));
    return;
  }
  const auto rule = sync.target.server.table_case;
  const bool same_container =
      !sync.source.engine->has_container() || fold(work.plan.source.container, rule) == fold(work.plan.target.container, rule);
  if (!same_container || fold(work.plan.source.table, rule) != fold(work.plan.target.table, rule)) return;
  finding(sync, work,
          diag::SamePlace(sync.bound->name, types::to_string(work.plan.target))
              .with_help("write to another database, or rename with NAMING"));
}

void name_target(Context& context, SyncWork& sync, Work& work, bool same_server) {
  const auto table = evaluate(context, sync, work, ast::NameLevel::table);
  work.plan.target.table = table ? *table : work.plan.source.table;
  work.plan.target.container = container_of(context, sync, work);
  work.names.target_container = work.plan.target.container;
  work.names.target_table = work.plan.target.table;
  check_length(sync, work, work.plan.target.table, "table");
  if (!work.plan.target.container.empty()) check_length(sync, work, work.plan.target.container, "container");
  check_place(sync, work, same_server);
}

struct Writer {
  SyncWork* sync;
  Work* work;
};
using Writers = std::map<std::string, std::vector<Writer>>;

std::string sample_sources(const std::vector<Writer>& writers) {
  std::vector<std::string> names;
  for (const Writer& writer : writers) names.push_back(types::to_string(writer.work->plan.source));
  return text::sample_list(names, 4);
}

void report_within(const std::vector<Writer>& writers) {
  const std::string target = types::to_string(writers.front().work->plan.target);
  const bool exact = std::all_of(writers.begin(), writers.end(), [&](const Writer& writer) {
    return writer.work->plan.target == writers.front().work->plan.target;
  });
  for (const Writer& writer : writers) {
    const std::string& sync = writer.sync->bound->name;
    diag::Diagnostic found =
        exact ? diag::ManyToOne(writers.size(), sync, target, sample_sources(writers))
                    .at(writer.sync->bound->tables_span)
                    .with_help("use source.table in NAMING, EXCEPT all but one, or merge them: MERGE SHARDS UNION COLUMNS")
              : diag::TargetName(
                    fmt::format("{} become one name on a target that ignores case: `{}`", sample_sources(writers), target))
                    .with_help("rename one of them with NAMING");
    finding(*writer.sync, *writer.work, std::move(found));
  }
}

void report_across(const Writer& one, const Writer& other) {
  diag::Diagnostic found =
      diag::TwoSyncsOneTable(one.sync->bound->name, other.sync->bound->name, types::to_string(one.work->plan.target))
          .at(one.sync->bound->span)
          .also(other.sync->bound->span, "also written here")
          .with_help("give one of them another name with NAMING, or take the table out of one with EXCEPT");
  finding(*one.sync, *one.work, found);
  finding(*other.sync, *other.work, found);
}

void judge(const std::vector<Writer>& writers) {
  std::map<SyncWork*, std::vector<Writer>> by_sync;
  for (const Writer& writer : writers) by_sync[writer.sync].push_back(writer);
  for (const auto& [sync, own] : by_sync) {
    if (own.size() > 1 && !own.front().work->shard_group) report_within(own);
  }
  for (std::size_t i = 0; i < writers.size(); ++i) {
    if (writers[i].work->follows) continue;
    for (std::size_t k = i + 1; k < writers.size(); ++k) {
      if (writers[i].sync != writers[k].sync && !writers[k].work->follows) report_across(writers[i], writers[k]);
    }
  }
}

/// Target connections that lead to one place get one name.
std::map<std::string, std::string> places(Context& context, const std::vector<SyncWork>& syncs) {
  std::map<std::string, std::string> place;
  std::vector<const Endpoint*> known;
  for (const SyncWork& sync : syncs) {
    const std::string name = sync.target.connection->plan.name;
    if (place.count(name)) continue;
    place[name] = name;
    for (const Endpoint* other : known) {
      if (other->engine->name != sync.target.engine->name) continue;
      if (!context.catalogs.same_server(other->connection->plan.name, name)) continue;
      place[name] = place[other->connection->plan.name];
      break;
    }
    known.push_back(&sync.target);
  }
  return place;
}

}  // namespace

void name_targets(Context& context, SyncWork& sync) {
  const std::string& source = sync.source.connection->plan.name;
  const std::string& target = sync.target.connection->plan.name;
  const bool same_server = sync.same_engine() && (source == target || context.catalogs.same_server(source, target));
  for (Work& work : sync.tables) name_target(context, sync, work, same_server);
}

void find_collisions(Context& context, std::vector<SyncWork>& syncs) {
  const auto place = places(context, syncs);
  Writers writers;
  for (SyncWork& sync : syncs) {
    for (Work& work : sync.tables) {
      const std::string where = place.at(sync.target.connection->plan.name);
      writers[where + '\0' + fold(work.plan.target, sync.target.server.table_case)].push_back({&sync, &work});
    }
  }
  for (const auto& [name, sharing] : writers) {
    if (sharing.size() > 1) judge(sharing);
  }
}

}  // namespace syncline::planner
