#include "compiler/planner/planner.h"

#include <algorithm>

#include "compiler/planner/behaviour.h"
#include "compiler/planner/column_changes.h"
#include "compiler/planner/column_types.h"
#include "compiler/planner/columns.h"
#include "compiler/planner/containers.h"
#include "compiler/planner/due.h"
#include "compiler/planner/existing.h"
#include "compiler/planner/foreign_keys.h"
#include "compiler/planner/hooks.h"
#include "compiler/planner/increment_columns.h"
#include "compiler/planner/keys.h"
#include "compiler/planner/known_tables.h"
#include "compiler/planner/load_mode.h"
#include "compiler/planner/loads.h"
#include "compiler/planner/match.h"
#include "compiler/planner/naming.h"
#include "compiler/planner/native_partitions.h"
#include "compiler/planner/selection.h"
#include "compiler/planner/shape.h"
#include "compiler/planner/shards.h"
#include "compiler/planner/split.h"

namespace syncline::planner {
namespace {

diag::Diagnostic unavailable(const catalog::Unavailable& problem) {
  if (!problem.secret.empty()) return diag::SecretUnresolved(problem.secret, problem.connection, problem.message);
  if (problem.connected) return diag::CatalogueFailed(problem.connection, problem.message);
  return diag::CannotConnect(problem.connection, problem.message);
}

void report_unavailable(Context& context, const catalog::Unavailable& problem) {
  diag::Diagnostic found = unavailable(problem);
  found.connection = problem.connection;
  if (!problem.help.empty()) found.help.push_back(problem.help);
  context.script.emit(std::move(found));
}

Endpoint open(Context& context, const bound::Connection& connection) {
  Endpoint end;
  end.connection = &connection;
  end.engine = connection.engine;
  end.catalog = &context.catalogs.catalog(connection.plan.name);
  end.server = end.catalog->server();
  return end;
}

/// False: the server is too old, which has been told. Of a lock and of other products no number is known.
bool new_enough(Context& context, const Endpoint& end, bool of_source) {
  for (const connectors::LeastVersion& least : end.engine->least_versions) {
    const auto& wanted = of_source ? least.source : least.target;
    const int number = end.server.version_number;
    if (least.product != end.server.product || number == 0 || number >= wanted.number) continue;
    diag::Diagnostic found = diag::ServerTooOld(end.connection->plan.name, end.server.product, end.server.version,
                                                of_source ? "source" : "target", std::string(wanted.text));
    found.connection = end.connection->plan.name;
    found.help.emplace_back("`syncline explain SY8009` lists the versions");
    context.script.emit(std::move(found));
    return false;
  }
  return true;
}

/// Clauses that this version cannot do: each once, for the whole script (DECISIONS 19).
void report_not_built(Context& context, const bound::Policy& policy) {
  for (const bound::NotBuilt& clause : policy.not_built) context.script.emit(diag::NotBuilt(clause.what).at(clause.span));
}

bool engines_built(Context& context, const bound::Sync& sync) {
  for (const bound::Connection* connection : {sync.source, sync.target}) {
    if (connection && connection->engine && connection->engine->built) continue;
    if (connection) context.script.emit(diag::NotBuilt("engine `" + connection->plan.engine + "`").at(connection->span));
    return false;
  }
  return true;
}

void collect_notes(const bound::Policy& policy, plan::Sync* plan) {
  for (const std::string& note : policy.noted) {
    if (std::find(plan->noted.begin(), plan->noted.end(), note) == plan->noted.end()) plan->noted.push_back(note);
  }
}

/// Both are asked, so that one that does not answer does not hide the other.
bool open_ends(Context& context, SyncWork& sync) {
  bool all = true;
  for (auto [end, connection] : {std::pair(&sync.source, sync.bound->source), std::pair(&sync.target, sync.bound->target)}) {
    try {
      *end = open(context, *connection);
      all = new_enough(context, *end, connection == sync.bound->source) && all;
    } catch (const catalog::Unavailable& problem) {
      report_unavailable(context, problem);
      all = false;
    }
  }
  return all;
}

std::optional<SyncWork> start_sync(Context& context, const bound::Sync& bound) {
  report_not_built(context, bound.policy);
  if (!engines_built(context, bound)) return std::nullopt;
  SyncWork sync;
  sync.bound = &bound;
  sync.plan.name = bound.name;
  sync.plan.source_connection = bound.source->plan.name;
  sync.plan.target_connection = bound.target->plan.name;
  collect_notes(bound.policy, &sync.plan);
  if (!open_ends(context, sync)) return std::nullopt;
  try {
    match_tables(context, sync);
    name_targets(context, sync);
    group_shards(sync);
    find_existing(sync);
    if (std::any_of(sync.tables.begin(), sync.tables.end(), grows)) sync.progress = sync.target.catalog->progress({bound.name});
  } catch (const catalog::Unavailable& problem) {
    report_unavailable(context, problem);
    return std::nullopt;
  }
  for (Work& work : sync.tables) {
    report_not_built(context, work.policy);
    collect_notes(work.policy, &sync.plan);
    if (context.options.compared) describe_behaviour(context, work);
  }
  return sync;
}

template <class Act>
void each_table(SyncWork& sync, const Act& act) {
  for (Work& work : sync.tables) {
    if (!work.unplanned) act(work);
  }
}

void shape_table(SyncWork& sync, Work& work) {
  if (keeps_table(work)) {
    bind_existing(sync, work);
  } else {
    shape_new_table(sync, work);
  }
  make_recipes(work);
  if (work.merged) read_own_columns(sync, work);
}

void plan_sync(Context& context, SyncWork& sync, NameSpace* names, int* next_group) {
  unite_shards(sync);
  collect_foreign_keys(sync);
  each_table(sync, [&](Work& work) { list_loads(context, sync, work); });
  align_shard_loads(context, sync);
  each_table(sync, [&](Work& work) { decide_action(context, sync, work); });
  each_table(sync, [&](Work& work) {
    draft_columns(context, sync, work);
    mark_keys(work);
    mark_partition_columns(sync, work);
  });
  decide_key_classes(sync);
  each_table(sync, [&](Work& work) { decide_column_changes(context, sync, work); });
  each_table(sync, [&](Work& work) { decide_load(context, sync, work); });
  each_table(sync, [&](Work& work) { decide_types(context, sync, work); });
  each_table(sync, [&](Work& work) {
    shape_table(sync, work);
    if (work.follows) {
      follow_shape(sync, work);
    } else {
      plan_native_partitions(context, sync, work);
      plan_keys(context, sync, work, names);
    }
    plan_conditions(context, sync, work);
    check_increment_columns(context, sync, work);
    plan_partitions(context, sync, work);
    settle_instances(work);
  });
  plan_foreign_keys(sync, names);
  each_table(sync, [&](Work& work) {
    decide_movement(sync, work);
    plan_split(context, sync, work);
    decide_later_loads(work);
  });
  decide_snapshot_groups(sync, next_group);
  plan_hooks(context, sync);
  plan_containers(sync);
  merge_shards(sync);
  decide_known_tables(context, sync);
}

plan::Sync finished(SyncWork& sync) {
  for (Work& work : sync.tables) {
    if (!work.selected || work.follows) continue;
    if (work.blocked()) work.plan.action = plan::Action::blocked;
    if (work.idle && !work.blocked()) work.plan.action = plan::Action::none;
    if (work.plan.schema_only || work.unplanned || work.idle) {
      work.plan.loads.clear();
      for (plan::Table& member : work.plan.members) member.loads.clear();
    }
    sync.plan.tables.push_back(std::move(work.plan));
  }
  std::stable_sort(sync.plan.tables.begin(), sync.plan.tables.end(),
                   [](const plan::Table& one, const plan::Table& other) { return one.source < other.source; });
  return std::move(sync.plan);
}

void reserve_tables(std::map<std::string, NameSpace>* spaces, const SyncWork& sync) {
  const auto space = spaces->emplace(sync.target.connection->plan.name, NameSpace(*sync.target.engine)).first;
  for (const Work& work : sync.tables) space->second.reserve(work.plan.target.container, work.plan.target.table);
}

plan::Plan frame(const bound::Unit& unit) {
  plan::Plan plan;
  plan.script_fingerprint = unit.fingerprint;
  for (const auto& [name, parameter] : unit.parameters) {
    if (!parameter.secret_reference.empty()) {
      plan.secret_parameters[name] = parameter.secret_reference;
    } else {
      plan.parameters[name] = parameter.value;
    }
  }
  return plan;
}

}  // namespace

plan::Plan make_plan(const bound::Unit& unit, const connectors::Registry& registry, catalog::CatalogProvider& catalogs,
                     const compiler::Options& options, diag::Sink& sink) {
  ScriptFindings script(sink);
  Context context{unit, registry, catalogs, options, script};
  plan::Plan plan = frame(unit);
  std::vector<SyncWork> syncs;
  for (const bound::Sync& bound : unit.syncs) {
    if (auto sync = start_sync(context, bound)) syncs.push_back(std::move(*sync));
  }
  check_selection(context, syncs);
  std::map<std::string, NameSpace> spaces;
  for (const SyncWork& sync : syncs) reserve_tables(&spaces, sync);
  try {
    find_collisions(context, syncs);
  } catch (const catalog::Unavailable& problem) {
    report_unavailable(context, problem);
  }
  int next_group = 1;
  for (SyncWork& sync : syncs) {
    try {
      plan_sync(context, sync, &spaces.at(sync.target.connection->plan.name), &next_group);
    } catch (const catalog::Unavailable& problem) {
      report_unavailable(context, problem);
      continue;
    }
    for (const Endpoint* end : {&sync.source, &sync.target}) plan.connections[end->connection->plan.name] = end->connection->plan;
    if (plan.syncs.empty()) plan.source_timezone = sync.source.connection->timezone;
    plan.syncs.push_back(finished(sync));
    sync.tables = {};  // of many syncs it is much
  }
  script.flush();
  return plan;
}

}  // namespace syncline::planner
