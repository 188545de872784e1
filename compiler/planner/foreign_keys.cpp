#include "compiler/planner/foreign_keys.h"

#include <algorithm>

#include "compiler/planner/column_types.h"
#include "compiler/planner/due.h"

namespace syncline::planner {
namespace {

using types::Index;

bool has_unique(const types::TableSchema& schema, const std::vector<std::string>& columns) {
  std::vector<std::string> wanted = columns;
  std::sort(wanted.begin(), wanted.end());
  const auto equal = [&](std::vector<std::string> other) {
    std::sort(other.begin(), other.end());
    return other == wanted;
  };
  if (equal(schema.primary_key.columns)) return true;
  return std::any_of(schema.indexes.begin(), schema.indexes.end(),
                     [&](const Index& index) { return index.unique && index.special.empty() && equal(columns_of(index)); });
}

bool comparable(const SyncWork& sync, const types::Column& one, const types::Column& other) {
  const connectors::Capabilities& target = sync.target.can();
  if (!target.typed_foreign_keys) return true;
  if (one.logical.kind != other.logical.kind) return false;
  return !target.unsigned_integers || one.logical.is_unsigned == other.logical.is_unsigned;
}

/// Why a foreign key cannot be in the target, or empty.
std::string key_problem(const SyncWork& sync, Work& work, Work& parent, const types::ForeignKey& made) {
  if (parent.unplanned || parent.blocked()) return "its table `" + source_name(parent) + "` is blocked";
  if (!parent.selected && !parent.existing) return "its table `" + source_name(parent) + "` is not part of this run";
  if (!sync.target.can().foreign_keys_of_partitions) {
    using types::NativePartitions;
    for (const Work* one : {&work, &parent}) {
      if (one->plan.target_schema.native_partitions.kind != NativePartitions::Kind::none)
        return "partitioned tables of " + sync.target.name() + " have no foreign keys";
    }
  }
  if (made.columns.empty()) return "one of its columns is not copied";
  if (made.referenced_columns.empty()) return "a column it refers to is not copied";
  if (!has_unique(parent.plan.target_schema, made.referenced_columns))
    return "the columns it refers to are not unique in the target";
  for (std::size_t i = 0; i < made.columns.size(); ++i) {
    const types::Column* own = work.plan.target_schema.find_column(made.columns[i]);
    const types::Column* referenced = parent.plan.target_schema.find_column(made.referenced_columns[i]);
    if (own && referenced && !comparable(sync, *own, *referenced)) return "the types of its columns differ in the target";
  }
  return {};
}

std::string default_name(const types::ForeignKey& key, const Work& work) {
  if (!key.name.empty()) return key.name;
  std::string name = work.plan.target.table;
  for (const std::string& column : key.columns) name += "_" + column;
  return name + "_fkey";
}

void plan_foreign_key(SyncWork& sync, Work& work, const types::ForeignKey& key, NameSpace* names) {
  Work& parent = *sync.table(key.referenced);
  types::ForeignKey made = key;
  made.columns = target_columns(work, key.columns);
  made.referenced_columns = target_columns(parent, key.referenced_columns);
  made.referenced = parent.plan.target;
  if (!sync.target.can().deferrable_foreign_keys) made.deferrable = made.initially_deferred = false;
  const std::string problem = key_problem(sync, work, parent, made);
  if (!problem.empty()) {
    finding(sync, work, diag::ForeignKeyLeftOut(default_name(key, work), source_name(work), problem));
    return;
  }
  made.name = names->take(work.plan.target.container + "\x01keys", default_name(key, work), work.plan.target.table);
  work.plan.foreign_keys.push_back(made);
  if (sync.target.can().foreign_keys_inline && !keeps_table(work)) work.plan.target_schema.foreign_keys.push_back(made);
}

/// A kept table that only gains rows gets no new foreign keys, but those that it has must stand again after a swap of their
/// parent.
bool wants_key(const Work& work, const types::ForeignKey& key) {
  const bool replaced = types::replaces_rows(work.first().mode);
  if (!work.existing || !keeps_table(work) || (replaced && !work.plan.schema_only)) return true;
  return std::any_of(work.existing->foreign_keys.begin(), work.existing->foreign_keys.end(),
                     [&](const types::ForeignKey& present) { return present.columns == key.columns; });
}

/// A selected table is swapped away under a table that stays out of this run.
void warn_of_detached(SyncWork& sync, Work& child, const types::ForeignKey& key) {
  Work& parent = *sync.table(key.referenced);
  if (child.selected || !child.existing || !parent.selected || parent.unplanned || !parent.existing || keeps_table(parent))
    return;
  finding(sync, parent,
          diag::ForeignKeyLeftOut(default_name(key, child), source_name(child),
                                  "`" + source_name(child) + "` is not part of this run; the next run of both restores it"));
}

}  // namespace

void collect_foreign_keys(SyncWork& sync) {
  for (Work& work : sync.tables) {
    for (const types::ForeignKey& key : work.source.foreign_keys) {
      Work* parent = sync.table(key.referenced);
      if (work.merged || (parent && parent->merged)) {
        if (!work.unplanned && !work.follows)
          finding(
              sync, work,
              diag::ForeignKeyLeftOut(default_name(key, work), source_name(work), "rows of several shards stand in one table"));
      } else if (parent && !key.referenced_columns.empty()) {
        work.source_keys.push_back(key);
      } else if (!work.unplanned) {
        finding(sync, work,
                diag::ForeignKeyLeftOut(default_name(key, work), source_name(work),
                                        "it refers to `" + types::to_string(key.referenced) + "`, which is not in this sync"));
      }
    }
  }
}

void plan_foreign_keys(SyncWork& sync, NameSpace* names) {
  for (Work& work : sync.tables) {
    if (work.unplanned) continue;
    for (const types::ForeignKey& key : work.source_keys) {
      warn_of_detached(sync, work, key);
      if (grows(work) || grows(*sync.table(key.referenced))) {
        finding(
            sync, work,
            diag::ForeignKeyLeftOut(default_name(key, work), source_name(work), "tables that grow arrive at different moments"));
        continue;
      }
      if (wants_key(work, key)) plan_foreign_key(sync, work, key, names);
    }
  }
}

}  // namespace syncline::planner
