#include "compiler/planner/load_mode.h"

#include <algorithm>
#include <charconv>

#include "compiler/planner/column_types.h"
#include "compiler/planner/due.h"
#include "compiler/planner/existing.h"
#include "stdlib/base/text.h"

namespace syncline::planner {
namespace {

using types::Publish;
using types::Staging;
using types::WriteMode;

constexpr std::int64_t kOneTransactionBytes = 64 << 20;  ///< what a multi-writer engine takes in one transaction
constexpr std::int64_t kSingleWriterBytes = 4 << 20;     ///< a single-writer engine keeps others out for the whole transaction
constexpr std::int64_t kGuessedRowBytes = 200;

void decide_phase(const compiler::Options& options, Work& work) {
  if (!work.policy.load) {
    if (options.full) work.reason("--full on a table without a FULL phase: all rows that pass FILTER, WRITE RECREATE");
    return;
  }
  work.plan.schema_only = work.policy.load->value.schema && !options.full;
}

plan::Action action_of(const Work& work) {
  if (work.plan.schema_only) return plan::Action::schema;
  if (!work.existing) return plan::Action::create;
  switch (work.first().mode) {
    case WriteMode::append:
      return plan::Action::append;
    case WriteMode::upsert:
      return plan::Action::merge;
    default:
      return plan::Action::replace;
  }
}

bool clears(WriteMode mode) {
  return types::replaces_rows(mode) || mode == WriteMode::overwrite_partition;
}

/// The name itself cannot stay as it is: what the table of that name holds does not matter yet.
bool has_disputed_name(const Work& work) {
  using diag::Code;
  return std::any_of(work.plan.findings.begin(), work.plan.findings.end(), [](const diag::Diagnostic& found) {
    return found.code == Code::SY8011 || found.code == Code::SY1010 || found.code == Code::SY1012;
  });
}

void decide_adoption(Context& context, SyncWork& sync, Work& work) {
  if (!work.existing || work.plan.managed || work.plan.schema_only || !clears(work.first().mode)) return;
  if (has_disputed_name(work)) return;
  work.plan.needs_adoption = true;
  if (context.options.adopt) {
    work.reason("the existing table is recorded as Syncline's own first (--adopt)");
    return;
  }
  finding(sync, work,
          diag::NotManaged(types::to_string(work.existing->name))
              .with_help("`run --adopt` takes it over: its rows will be replaced"));
}

std::string dependents_text(const std::vector<types::Dependent>& dependents) {
  std::vector<std::string> names;
  for (const types::Dependent& dependent : dependents) names.push_back(dependent.kind + " " + dependent.name);
  return text::sample_list(names);
}

void publish_in_place(const SyncWork& sync, Work& work, const std::string& why) {
  work.first().publish = Publish::in_place;
  work.reason(why + ": DELETE and INSERT from staging in one transaction");
  if (!sync.target.can().transactional_ddl && work.existing && work.existing->row_estimate > 100000) {
    work.reason(fmt::format("about {} rows are deleted and inserted in one transaction: several times the cost of a rename",
                            text::grouped(static_cast<std::uint64_t>(work.existing->row_estimate))));
  }
}

void publish_kept(const SyncWork& sync, Work& work, const std::vector<types::Dependent>& dependents) {
  if (!sync.target.can().transactional_ddl && dependents.empty()) {
    work.first().publish = Publish::rename;
    work.reason("the table's definition is kept: a copy of it is filled and takes its name in one RENAME");
  } else if (dependents.empty()) {
    publish_in_place(sync, work, "the table is kept");
  } else {
    publish_in_place(sync, work, "the table is kept and has dependents (" + dependents_text(dependents) + ")");
  }
}

void decide_publish(Context& context, SyncWork& sync, Work& work) {
  if (!work.existing) {
    work.first().publish = Publish::rename;
    work.reason("the table is new: it is built under a staging name and then takes its own");
    return;
  }
  const auto dependents = dependents_of(context, sync, work);
  switch (work.first().mode) {
    case WriteMode::append:
      work.first().publish = Publish::insert;
      work.reason("rows are staged, then inserted in one transaction");
      return;
    case WriteMode::upsert:
      work.first().publish = Publish::merge;
      work.reason("rows are staged, then merged by key in one transaction");
      return;
    case WriteMode::overwrite_partition:
      work.first().publish = Publish::partition;
      work.reason("rows are staged; then the partition's rows are deleted and the new ones inserted in one transaction");
      return;
    case WriteMode::truncate:
      publish_kept(sync, work, dependents);
      return;
    default:
      break;
  }
  if (!dependents.empty()) {
    publish_in_place(sync, work, "the table has dependents (" + dependents_text(dependents) + ")");
    return;
  }
  work.first().publish = Publish::rename;
  work.reason("a new table is built beside the old one and takes its name in one step");
}

// --- movement

std::int64_t number_setting(const plan::Connection& connection, const char* name) {
  const auto found = connection.settings.find(name);
  std::int64_t number = 0;
  if (found != connection.settings.end())
    std::from_chars(found->second.data(), found->second.data() + found->second.size(), number);
  return number;
}

/// The minimum of the script's wish, the connection's cap and half of what the server has free (DECISIONS 35).
int sessions(int wished, const Endpoint& end) {
  std::int64_t allowed = std::max(wished, 1);
  const std::int64_t cap = number_setting(end.connection->plan, "max_connections");
  if (cap > 0) allowed = std::min(allowed, cap);
  if (end.server.free_connections > 0) allowed = std::min<std::int64_t>(allowed, end.server.free_connections / 2);
  return static_cast<int>(std::max<std::int64_t>(allowed, 1));
}

void decide_limits(SyncWork& sync, Work& work) {
  plan::Limits& limits = work.plan.limits;
  limits = work.policy.limits;
  limits.source_connections = sessions(limits.source_connections, sync.source);
  limits.target_connections = sessions(limits.target_connections, sync.target);
  const int loads = sync.target.can().max_parallel_loads;
  if (loads > 0) limits.target_connections = std::min(limits.target_connections, loads);
  if (!sync.source.can().shared_snapshots) limits.readers_per_table = 1;
  limits.readers_per_table = std::min(limits.readers_per_table, limits.source_connections);
  work.plan.errors = work.policy.errors;
  work.plan.verify = work.policy.verify.value;
  work.plan.consistency = work.policy.consistency.value;
}

bool usable_key(const types::TableSchema& schema, const std::vector<std::string>& columns) {
  return !columns.empty() && std::all_of(columns.begin(), columns.end(), [&](const std::string& name) {
    const types::Column* column = schema.find_column(name);
    return column && !column->nullable;
  });
}

std::vector<std::string> unique_key(const types::TableSchema& schema) {
  if (usable_key(schema, schema.primary_key.columns)) return schema.primary_key.columns;
  for (const types::Index& index : schema.indexes) {
    std::vector<std::string> columns;
    for (const types::IndexColumn& column : index.columns) columns.push_back(column.name);
    if (index.unique && index.special.empty() && usable_key(schema, columns)) return columns;
  }
  return {};
}

/// Key columns that are not copied are fetched all the same where pages need them.
void decide_read_key(SyncWork& sync, Work& work) {
  const types::TableSchema& own = work.plan.source_schema;
  const std::vector<std::string> key = unique_key(own);
  const auto read = [&](const std::string& name) {
    const auto& columns = work.plan.read_columns;
    return std::any_of(columns.begin(), columns.end(), [&](const types::Column& column) { return column.name == name; });
  };
  const bool all_read = std::all_of(key.begin(), key.end(), read);
  const bool pages = work.plan.limits.page_size > 0;
  if (pages && key.empty()) finding(sync, work, diag::PageSizeWithoutKey(types::to_string(work.plan.source)));
  if (!all_read && !pages) return;
  for (const std::string& name : key) {
    if (!read(name)) work.plan.read_columns.push_back(*own.find_column(name));
  }
  work.plan.read_key = key;
}

std::int64_t estimated_bytes(const types::TableSchema& source) {
  if (source.byte_estimate >= 0) return source.byte_estimate;
  return source.row_estimate < 0 ? -1 : source.row_estimate * kGuessedRowBytes;
}

void decide_staging(SyncWork& sync, Work& work) {
  work.first().staging = Staging::chunked;
  if (!sync.target.can().transactional_ddl) {
    work.reason("staging is filled in chunks, because this engine commits every DDL statement");
    return;
  }
  const bool single_writer = sync.target.can().max_parallel_loads == 1;
  const std::int64_t limit = single_writer ? kSingleWriterBytes : kOneTransactionBytes;
  const std::int64_t bytes = estimated_bytes(work.source);
  if (bytes > limit || (bytes < 0 && single_writer)) {
    work.reason(bytes < 0 ? "staging is filled in chunks, because the size is not known"
                          : "staging is filled in chunks, because about " + text::human_bytes(static_cast<std::uint64_t>(bytes)) +
                                " are too much for one transaction");
    return;
  }
  const bool fits_in_place = work.plan.target_schema.native_partitions.kind == types::NativePartitions::Kind::none;
  if (!fits_in_place && work.existing && work.first().publish == Publish::rename) {
    work.reason("staging is filled in chunks, because rows move on into partitions before the swap");
    return;
  }
  work.first().staging = Staging::one_transaction;
  work.reason("created, filled and published in one transaction");
}

bool identical(const types::NativeType& one, const types::NativeType& other) {
  return one.words == other.words && one.arguments == other.arguments;
}

/// Wire bytes may be handed on untouched: same engine, every cell passes at its own place, equal native types.
bool can_relay(const SyncWork& sync, const Work& work) {
  if (!sync.same_engine() || !sync.source.engine->capabilities.relays || work.merged) return false;
  if (work.plan.columns.size() != work.plan.read_columns.size()) return false;
  const auto& loads = work.plan.loads;
  if (std::any_of(loads.begin(), loads.end(), [](const plan::Load& load) { return load.covers.has_value(); })) return false;
  const types::ValuePolicies& policies = work.plan.errors.values;
  if (policies.zero_dates_null || policies.nul_text_strip || policies.non_finite_null || policies.invalid_enum_null) return false;
  for (std::size_t i = 0; i < work.plan.columns.size(); ++i) {
    const expr::ColumnRecipe& recipe = work.plan.columns[i].recipe;
    if (recipe.kind != expr::ColumnRecipe::Kind::pass || recipe.source != static_cast<int>(i)) return false;
    const auto& target = work.plan.target_schema.columns[static_cast<std::size_t>(work.plan.load_columns[i])];
    if (!identical(work.plan.read_columns[i].native, target.native)) return false;
  }
  return true;
}

bool is_dated(types::TypeKind kind) {
  return kind == types::TypeKind::date || kind == types::TypeKind::timestamp || kind == types::TypeKind::timestamp_local;
}

/// Zero and partial dates arrive as they are when both ends hold them and nothing looks at the value on the way.
bool keeps_zero_dates(const SyncWork& sync, const Work& work) {
  if (!sync.source.engine->capabilities.zero_dates || !sync.target.engine->capabilities.zero_dates) return false;
  if (work.plan.errors.values.zero_dates_null) return false;
  for (const plan::ColumnMapping& column : work.plan.columns) {
    const expr::ColumnRecipe& recipe = column.recipe;
    const bool passes = recipe.kind == expr::ColumnRecipe::Kind::pass;
    const bool reads_rows = recipe.kind == expr::ColumnRecipe::Kind::expression;
    if (reads_rows || (!passes && recipe.source >= 0 && is_dated(recipe.from.kind))) return false;
  }
  return true;
}

struct Groups {
  std::map<types::ObjectName, types::ObjectName> parent;
  types::ObjectName root(const types::ObjectName& of) {
    const auto found = parent.emplace(of, of).first;
    return found->second == of ? of : found->second = root(found->second);
  }
  void join(const types::ObjectName& one, const types::ObjectName& other) { parent[root(one)] = root(other); }
};

}  // namespace

void decide_action(Context& context, SyncWork& sync, Work& work) {
  decide_phase(context.options, work);
  work.plan.action = work.first().action = action_of(work);
  work.plan.existing = work.existing;
  decide_adoption(context, sync, work);
}

void decide_load(Context& context, SyncWork& sync, Work& work) {
  if (work.plan.schema_only) {
    work.reason(work.existing ? "LOAD SCHEMA: missing columns are added, nothing else is changed"
                              : "LOAD SCHEMA: the table is created empty");
    return;
  }
  decide_publish(context, sync, work);
  if (work.existing && work.first().publish == Publish::rename && !sync.target.server.snapshot_age_visible) {
    work.reason("the user may not see how old other transactions are: one with an older snapshot may find the table empty");
  }
}

void decide_movement(SyncWork& sync, Work& work) {
  decide_limits(sync, work);
  decide_read_key(sync, work);
  if (work.plan.schema_only) return;
  decide_staging(sync, work);
  work.plan.errors.values.keep_zero_dates = keeps_zero_dates(sync, work);
  work.plan.relay = can_relay(sync, work);
  if (work.plan.relay) work.reason("rows are relayed as the source sends them: same engine, nothing changes");
}

void decide_snapshot_groups(SyncWork& sync, int* next_group) {
  Groups groups;
  for (const Work& work : sync.tables) {
    if (grows(work)) continue;
    for (const types::ForeignKey& key : work.source_keys) groups.join(work.plan.source, key.referenced);
  }
  std::map<types::ObjectName, std::vector<Work*>> members;
  for (Work& work : sync.tables) {
    const bool whole_sync = work.plan.consistency == types::Consistency::sync;
    if (work.selected && !work.unplanned)
      members[whole_sync ? types::ObjectName{} : groups.root(work.plan.source)].push_back(&work);
  }
  std::map<types::ObjectName, int> numbers;
  for (Work& work : sync.tables) {
    const bool whole_sync = work.plan.consistency == types::Consistency::sync;
    const types::ObjectName group = whole_sync ? types::ObjectName{} : groups.root(work.plan.source);
    if (members[group].size() < 2) continue;
    const auto [number, fresh] = numbers.emplace(group, *next_group);
    if (fresh) ++*next_group;
    work.plan.snapshot_group = number->second;
    if (whole_sync) continue;
    work.plan.consistency = types::Consistency::sync;
    const std::size_t others = members[group].size() - 1;
    work.reason(
        fmt::format("read from one snapshot with {} {} that foreign keys join to it", others, others == 1 ? "table" : "tables"));
  }
}

}  // namespace syncline::planner
