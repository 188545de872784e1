#include "compiler/planner/existing.h"

#include <algorithm>

#include "compiler/planner/column_types.h"
#include "stdlib/base/text.h"

namespace syncline::planner {
namespace {

std::map<std::string, const connectors::ListedObject*> objects_by_name(const SyncWork& sync) {
  std::map<std::string, const connectors::ListedObject*> by_name;
  for (const auto& object : sync.target.catalog->objects()) by_name[fold(object.name, sync.target.server.table_case)] = &object;
  return by_name;
}

void note_view(SyncWork& sync, Work& work, const connectors::ListedObject& object) {
  work.existing_is_view = true;
  finding(sync, work,
          diag::NotATable(types::to_string(object.name),
                          object.kind == connectors::ObjectKind::view ? "view" : "kind of object that is no table")
              .with_help("the target name is taken: rename with NAMING"));
}

bool is_ours(const catalog::Catalog::Managed& managed, const types::TableSchema& live) {
  if (managed.object_id != 0 && live.object_id != 0 && managed.object_id != live.object_id) return false;
  const std::string fingerprint = types::column_fingerprint(live);
  return managed.column_fingerprint == fingerprint || managed.altered_fingerprint == fingerprint;
}

/// Tables of a shard group have one target.
using Owners = std::map<types::ObjectName, std::vector<Work*>>;

void note_managed(SyncWork& sync, const std::vector<types::ObjectName>& names, const Owners& owners) {
  for (const auto& managed : sync.target.catalog->managed(names)) {
    const auto found = owners.find(managed.name);
    if (found == owners.end()) continue;
    for (Work* owner : found->second) {
      if (owner->existing) owner->plan.managed = is_ours(managed, *owner->existing);
    }
  }
}

Draft* draft_for(const SyncWork& sync, Work& work, const types::Column& column) {
  const auto rule = sync.target.server.column_case;
  for (Draft& draft : work.drafts) {
    if (fold(draft.name, rule) == fold(column.name, rule)) return &draft;
  }
  return nullptr;
}

bool needs_value(const types::Column& column) {
  return !column.nullable && column.default_value.kind == types::ColumnDefault::Kind::none && !column.auto_increment &&
         !column.generated;
}

void check_unfed(SyncWork& sync, Work& work, const types::Column& column) {
  if (column.generated || column.auto_increment) return;
  const std::string table = types::to_string(work.plan.target);
  if (work.plan.schema_only || !needs_value(column)) {
    work.reason("`" + column.name + "` of the existing table has no source" +
                (work.plan.schema_only ? "" : ": new rows take its default"));
    return;
  }
  finding(sync, work,
          diag::TargetColumnUnfed(column.name, table)
              .with_help("give it a value with COLUMNS (ADD " + column.name + " …), or give the column a default")
              .for_column(column.name));
}

void drop_computed(SyncWork& sync, Work& work) {
  const auto computed = [&](const Draft& draft) {
    const types::Column* column = existing_column(sync, work, draft.name);
    if (column && column->generated) work.reason("`" + draft.name + "` is computed by the target and not written");
    return column && column->generated;
  };
  work.drafts.erase(std::remove_if(work.drafts.begin(), work.drafts.end(), computed), work.drafts.end());
}

/// A column that the kept table lacks. Rows may stand there already, so it is nullable unless it has a default.
int add_column(Work& work, Draft& draft) {
  types::TableSchema& schema = work.plan.target_schema;
  if (!draft.target.nullable && draft.target.default_value.kind == types::ColumnDefault::Kind::none) {
    draft.target.nullable = true;
    work.reason("new column `" + draft.name + "` is added without NOT NULL, because the table may hold rows");
  }
  draft.target.auto_increment = false;
  draft.target.ordinal = static_cast<int>(schema.columns.size()) + 1;
  schema.columns.push_back(draft.target);
  work.plan.add_columns.push_back(static_cast<int>(schema.columns.size()) - 1);
  return static_cast<int>(schema.columns.size()) - 1;
}

int index_of(const SyncWork& sync, const types::TableSchema& schema, const std::string& name) {
  const auto rule = sync.target.server.column_case;
  for (std::size_t i = 0; i < schema.columns.size(); ++i) {
    if (fold(schema.columns[i].name, rule) == fold(name, rule)) return static_cast<int>(i);
  }
  return -1;
}

/// The dependent is a foreign key of this table: connectors name it `container.table.key`.
bool holds_key(const Work& other, const types::Dependent& dependent) {
  return dependent.kind == "foreign key" && other.existing &&
         dependent.name.rfind(types::to_string(other.existing->name) + ".", 0) == 0;
}

/// Recorded as ours when the swaps begin: made by an earlier run, or adopted by this one. The swap of the table it refers to may
/// take its foreign keys away and bring them back; those of anybody else stay untouched.
bool is_ours_in_run(const Context& context, const Work& other) {
  return other.plan.managed || (other.plan.needs_adoption && context.options.adopt && other.selected && !other.blocked());
}

}  // namespace

void find_existing(SyncWork& sync) {
  const auto by_name = objects_by_name(sync);
  std::vector<types::ObjectName> names;
  Owners owners;
  for (Work& work : sync.tables) {
    const auto found = by_name.find(fold(work.plan.target, sync.target.server.table_case));
    if (found == by_name.end()) continue;
    if (found->second->kind != connectors::ObjectKind::table) {
      note_view(sync, work, *found->second);
      continue;
    }
    std::vector<Work*>& same = owners[found->second->name];
    if (same.empty()) names.push_back(found->second->name);
    same.push_back(&work);
  }
  if (names.empty()) return;
  for (types::TableSchema& schema : sync.target.catalog->describe(names)) {
    for (types::Column& column : schema.columns)
      column.logical = read_type(sync.target.engine->name, column.native, {&column, false});
    for (Work* work : owners[schema.name]) {
      work->plan.target = schema.name;
      work->existing = schema;
    }
  }
  note_managed(sync, names, owners);
}

void bind_existing(SyncWork& sync, Work& work) {
  drop_computed(sync, work);
  work.plan.target_schema = *work.existing;
  for (const types::Column& column : work.existing->columns) {
    if (!draft_for(sync, work, column)) check_unfed(sync, work, column);
  }
  for (Draft& draft : work.drafts) {
    if (draft.failed) continue;
    const int index = index_of(sync, *work.existing, draft.name);
    work.plan.load_columns.push_back(index >= 0 ? index : add_column(work, draft));
    if (index >= 0) draft.name = work.existing->columns[static_cast<std::size_t>(index)].name;
    if (index >= 0) work.plan.target_schema.columns[static_cast<std::size_t>(index)].logical = draft.target.logical;
    if (index >= 0 && draft.widened) {
      work.plan.target_schema.columns[static_cast<std::size_t>(index)].native = draft.target.native;
      work.plan.widen_columns.push_back(index);
    }
  }
  std::vector<std::string> added;
  for (const int index : work.plan.add_columns)
    added.push_back(work.plan.target_schema.columns[static_cast<std::size_t>(index)].name);
  if (added.empty()) return;
  work.reason(
      fmt::format("{} {} added: {}", added.size(), added.size() == 1 ? "column is" : "columns are", text::sample_list(added)));
  if (!sync.target.can().transactional_ddl && !work.plan.schema_only)
    work.reason("readers may see the new, empty columns before the data");
}

std::vector<types::Dependent> dependents_of(const Context& context, const SyncWork& sync, const Work& work) {
  std::vector<types::Dependent> all;
  if (!work.existing) return all;
  for (const types::Dependent& dependent : work.existing->dependents) {
    if (dependent.kind == "partition" && work.policy.native_partition) continue;  // they go and come with their table
    const auto holds = [&](const Work& other) { return holds_key(other, dependent) && is_ours_in_run(context, other); };
    if (std::none_of(sync.tables.begin(), sync.tables.end(), holds)) all.push_back(dependent);
  }
  return all;
}

}  // namespace syncline::planner
