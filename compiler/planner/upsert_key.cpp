#include "compiler/planner/upsert_key.h"

#include <algorithm>

#include "compiler/planner/column_types.h"
#include "compiler/planner/key_names.h"
#include "compiler/planner/native_partitions.h"
#include "stdlib/base/text.h"

namespace syncline::planner {
namespace {

using types::Index;

bool is_unique(const SyncWork& sync, const types::TableSchema& schema, const std::vector<std::string>& key) {
  const auto rule = sync.target.server.column_case;
  if (same_set(schema.primary_key.columns, key, rule)) return true;
  return std::any_of(schema.indexes.begin(), schema.indexes.end(), [&](const Index& index) {
    return index.unique && index.special.empty() && same_set(columns_of(index), key, rule);
  });
}

/// Columns of the kept table that the load does not write: rows that are deleted and inserted again would lose them.
bool has_unfed_columns(const Work& work) {
  return work.existing &&
         std::any_of(work.existing->columns.begin(), work.existing->columns.end(), [&](const types::Column& column) {
           const auto written = [&](const Draft& draft) { return draft.name == column.name; };
           return !column.generated && std::none_of(work.drafts.begin(), work.drafts.end(), written);
         });
}

/// Foreign keys onto this table would act on rows that are deleted and inserted again.
bool is_referred_to(const SyncWork& sync, const Work& work) {
  const auto dependents = work.existing ? work.existing->dependents : std::vector<types::Dependent>();
  if (std::any_of(dependents.begin(), dependents.end(), [](const types::Dependent& one) { return one.kind == "foreign key"; }))
    return true;
  return std::any_of(sync.tables.begin(), sync.tables.end(), [&](const Work& other) {
    return std::any_of(other.source_keys.begin(), other.source_keys.end(),
                       [&](const types::ForeignKey& key) { return key.referenced == work.plan.source; });
  });
}

/// Where an upsert acts on any unique key, the merge beside others deletes by key and inserts, which is the same only where every
/// column is written and no foreign key looks on.
void check_ambiguous(SyncWork& sync, Work& work) {
  if (!sync.target.can().upsert_by_any_unique_key) return;
  const types::TableSchema& schema = work.plan.target_schema;
  const auto rule = sync.target.server.column_case;
  std::vector<std::string> others;
  for (const Index& index : schema.indexes) {
    if (index.unique && !same_set(columns_of(index), work.plan.key, rule)) others.push_back(index.name);
  }
  if (!schema.primary_key.columns.empty() && !same_set(schema.primary_key.columns, work.plan.key, rule))
    others.emplace_back("PRIMARY KEY");
  if (others.empty()) return;
  if (!has_unfed_columns(work) && !is_referred_to(sync, work)) {
    work.reason("the table has other unique keys (" + text::sample_list(others) +
                "): rows are merged by DELETE and INSERT, not updated");
    return;
  }
  std::string key;
  for (const std::string& column : work.plan.key) key += (key.empty() ? "" : ", ") + column;
  finding(sync, work,
          diag::UpsertAmbiguous(types::to_string(work.plan.target), text::sample_list(others), key)
              .with_help("drop the other unique key in the target, or load with WRITE TRUNCATE or RECREATE"));
}

/// No two rows of the source can have one key: a unique key of the source is part of it, and its values arrive as they are.
bool unique_in_source(Work& work) {
  std::vector<std::string> columns;
  for (const std::string& name : work.plan.key) {
    const Draft* draft = work.draft_named(name);
    if (draft != nullptr && draft->source >= 0 && !draft->rewritten)
      columns.push_back(work.source.columns[static_cast<std::size_t>(draft->source)].name);
  }
  const auto covers = [&](const std::vector<std::string>& unique) {
    return !unique.empty() && std::all_of(unique.begin(), unique.end(), [&](const std::string& name) {
      const types::Column* column = work.source.find_column(name);
      return column && !column->nullable && std::find(columns.begin(), columns.end(), name) != columns.end();
    });
  };
  if (covers(work.source.primary_key.columns)) return true;
  return std::any_of(work.source.indexes.begin(), work.source.indexes.end(),
                     [&](const Index& index) { return index.unique && index.special.empty() && covers(columns_of(index)); });
}

}  // namespace

std::vector<std::string> key_clause(Context& context, SyncWork& sync, Work& work) {
  std::vector<std::string> columns;
  diag::Sink local;
  for (const std::string& name : work.policy.key->value) {
    const Draft* draft = work.draft_of(name);
    if (!draft) draft = work.draft_named(name);
    if (draft) {
      columns.push_back(draft->name);
    } else {
      local.emit(unknown_column(work, name, work.policy.key->origin.span, false));
    }
  }
  context.script.route(local, work.policy.key->origin.span, sync.bound->name, work);
  return local.has_errors() ? std::vector<std::string>() : columns;
}

void plan_upsert_key(SyncWork& sync, Work& work, NameSpace* names) {
  types::TableSchema& schema = work.plan.target_schema;
  if (work.plan.key.empty()) {
    finding(sync, work, diag::NoKey(source_name(work)).with_help("KEY (column, …) names what makes a row unique"));
    return;
  }
  const std::vector<std::string> key = with_native_partition(work, work.plan.key);
  if (key.size() > work.plan.key.size())
    work.reason("no unique key tells rows apart across partitions: UPSERT looks for rows by KEY itself, in every partition");
  if (!is_unique(sync, schema, key)) {
    if (keeps_table(work)) {
      finding(sync, work,
              diag::WriteUnsupported(sync.target.name(), " without a unique key on " + text::sample_list(work.plan.key), "UPSERT")
                  .with_help("add a unique index on these columns to `" + types::to_string(work.plan.target) + "`"));
      return;
    }
    Index index;
    index.unique = true;
    index.method = "btree";
    for (const std::string& column : key) index.columns.push_back({column, false, 0});
    index.name = names->take(schema.name.container, schema.name.table + "_upsert_key", schema.name.table);
    schema.indexes.push_back(std::move(index));
    work.reason("a unique index on the KEY columns is created for UPSERT");
  }
  check_ambiguous(sync, work);
  if (work.existing || work.first().mode != types::WriteMode::upsert || unique_in_source(work)) return;
  work.first().publish = types::Publish::merge;
  work.reason(
      "the source may hold several rows with one key: the table is made empty, then rows are merged, the newest of a key wins");
}

}  // namespace syncline::planner
