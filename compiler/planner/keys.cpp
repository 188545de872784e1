#include "compiler/planner/keys.h"

#include <algorithm>

#include "compiler/planner/column_types.h"
#include "compiler/planner/due.h"
#include "compiler/planner/key_names.h"
#include "compiler/planner/native_partitions.h"
#include "compiler/planner/shards.h"
#include "compiler/planner/upsert_key.h"
#include "stdlib/base/text.h"

namespace syncline::planner {
namespace {

using types::Index;
using types::TypeKind;

std::vector<std::string> partition_columns(const Work& work) {
  std::vector<std::string> names;
  if (!work.policy.partition) return names;
  for (const ast::PartitionColumn& column : work.policy.partition->value.partition_columns) names.push_back(column.name.text);
  return names;
}

class Indexes {
 public:
  Indexes(Context& context, SyncWork& sync, Work& work, NameSpace* names)
      : context_(context), sync_(sync), work_(work), names_(names) {}

  /// `written`: the columns of KEY; empty without one.
  void run(const std::vector<std::string>& written) {
    if (replaces_primary_key(written)) {
      written_key(written);
    } else {
      primary_key();
    }
    for (const Index& index : work_.source.indexes) copy(index);
    created_with();
  }

 private:
  types::TableSchema& schema() { return work_.plan.target_schema; }
  const connectors::Capabilities& can() const { return sync_.target.can(); }

  /// A column that has a finding of its own explains enough.
  void left_out(const std::string& index, const std::string& why) {
    if (std::any_of(work_.drafts.begin(), work_.drafts.end(), [](const Draft& draft) { return draft.failed; })) return;
    finding(sync_, work_, diag::IndexLeftOut(index, source_name(work_), why));
  }

  void primary_key() {
    const types::PrimaryKey& key = work_.source.primary_key;
    if (key.columns.empty()) return;
    const std::vector<std::string> columns = target_columns(work_, key.columns);
    if (columns.empty()) {
      left_out("PRIMARY KEY", "one of its columns is not copied");
      return;
    }
    make_primary(columns);
  }

  void make_primary(const std::vector<std::string>& columns) {
    if (const std::string* column = nullable_of(native_partition_columns(work_))) return make_unique(columns, *column);
    schema().primary_key.columns = with_partition(columns);
    say_added(columns, "the primary key");
    for (types::Column& column : schema().columns) {
      const auto& whole = schema().primary_key.columns;
      if (std::find(whole.begin(), whole.end(), column.name) != whole.end()) column.nullable = false;
    }
    if (can().index_names_per_table || !sync_.target.engine->has_container()) return;
    schema().primary_key.name = names_->take(schema().name.container, schema().name.table + "_pkey", schema().name.table);
  }

  /// No column of a primary key may be NULL, and rows without a partition value must still find their place.
  void make_unique(const std::vector<std::string>& columns, const std::string& nullable) {
    Index index;
    index.unique = true;
    index.method = "btree";
    for (const std::string& column : with_partition(columns)) index.columns.push_back({column, false, 0});
    index.name = names_->take(schema().name.container, schema().name.table + "_key", schema().name.table);
    schema().indexes.push_back(std::move(index));
    work_.reason("the primary key becomes a unique index with the partition column `" + nullable + "`, which may be NULL");
  }

  void say_added(const std::vector<std::string>& columns, const std::string& key) {
    std::vector<std::string> added;
    for (const std::string& one : native_partition_columns(work_)) {
      if (std::find(columns.begin(), columns.end(), one) == columns.end()) added.push_back(one);
    }
    if (!added.empty())
      work_.reason(key + " gets " + text::sample_list(added) + ": unique keys of a partitioned table hold its partition columns");
  }

  /// KEY sets the key of a new table where CREATE WITH is silent about it (LANGUAGE 2.7).
  bool replaces_primary_key(const std::vector<std::string>& written) const {
    if (written.empty() || same_set(written, target_columns(work_, work_.source.primary_key.columns), can().column_case))
      return false;
    return std::none_of(work_.policy.create.begin(), work_.policy.create.end(), [](const bound::BoundCreateItem& bound) {
      return bound.item.kind == ast::CreateItem::Kind::order_by || bound.item.kind == ast::CreateItem::Kind::native;
    });
  }

  /// The source's own key is none here: rows that KEY tells apart may share it. An index keeps it quick to find.
  void written_key(const std::vector<std::string>& written) {
    Index index;
    index.method = "btree";
    for (const std::string& column : written) index.columns.push_back({column, false, 0});
    const std::string problem = written_key_problem(index);
    if (!problem.empty()) {
      left_out("KEY", problem);
      primary_key();
      return;
    }
    if (const std::string* column = nullable_of(written)) {
      index.unique = true;
      if (!upserts(work_)) {
        for (const std::string& one : partition_columns(work_)) index.columns.push_back({one, false, 0});
      }
      add_native_partition(index);
      index.name = names_->take(schema().name.container, schema().name.table + "_key", schema().name.table);
      schema().indexes.push_back(std::move(index));
      work_.reason("KEY becomes a unique index, not the primary key: `" + *column + "` may be NULL");
    } else {
      make_primary(written);
      work_.reason("KEY becomes the primary key");
    }
    const std::vector<std::string> former = target_columns(work_, work_.source.primary_key.columns);
    if (former.empty()) return;
    Index found;
    found.method = "btree";
    for (const std::string& column : former) found.columns.push_back({column, false, 0});
    found.name = names_->take(schema().name.container, schema().name.table + "_source_key", schema().name.table);
    schema().indexes.push_back(std::move(found));
    work_.reason("the source's primary key (" + text::sample_list(former) + ") becomes an index that is not unique");
    if (!can().foreign_keys_inline) return;
    for (types::Column& column : schema().columns) column.auto_increment = false;
    schema().next_identity.reset();
  }

  std::string written_key_problem(const Index& index) {
    for (const types::IndexColumn& column : index.columns) {
      const Draft* draft = work_.draft_named(column.name);
      const std::string problem = draft ? key_type_problem(index, *draft) : std::string();
      if (!problem.empty()) return problem;
    }
    return {};
  }

  const std::string* nullable_of(const std::vector<std::string>& columns) {
    const auto found = std::find_if(columns.begin(), columns.end(), [&](const std::string& name) {
      const types::Column* column = schema().find_column(name);
      return !column || column->nullable;
    });
    return found == columns.end() ? nullptr : &*found;
  }

  /// One source row stands in several partitions, once in each; rows of several shards may have one key.
  std::vector<std::string> with_partition(const std::vector<std::string>& key) const {
    std::vector<std::string> columns = with_shard(work_, key);
    if (upserts(work_)) return with_native_partition(work_, std::move(columns));
    for (std::string& column : partition_columns(work_)) columns.push_back(std::move(column));
    return with_native_partition(work_, std::move(columns));
  }

  void add_native_partition(Index& index) {
    if (!index.unique) return;
    const std::vector<std::string> columns = columns_of(index);
    for (const std::string& one : native_partition_columns(work_)) {
      if (std::find(columns.begin(), columns.end(), one) == columns.end()) index.columns.push_back({one, false, 0});
    }
    say_added(columns, "unique index `" + index.name + "`");
  }

  void copy(const Index& index) {
    const std::string problem = index_problem(index);
    if (!problem.empty()) {
      left_out(index.name, problem);
      return;
    }
    Index made = index;
    for (types::IndexColumn& column : made.columns) {
      if (!column.name.empty()) column.name = work_.draft_of(column.name)->name;
    }
    if (!sync_.same_engine()) {
      made.method = "btree";
      made.definition.clear();
    }
    if (!can().comments) made.comment.clear();
    if (made.unique) {
      for (const std::string& column : shard_key_columns(work_)) made.columns.push_back({column, false, 0});
    }
    if (made.unique && !upserts(work_)) {
      for (const std::string& column : partition_columns(work_)) made.columns.push_back({column, false, 0});
    }
    add_native_partition(made);
    made.name = names_->take(schema().name.container, wanted_name(index), schema().name.table);
    schema().indexes.push_back(std::move(made));
  }

  /// Why the target cannot have this index, or empty.
  std::string index_problem(const Index& index) {
    if (index.unique && !index.special.empty() && !native_partition_columns(work_).empty())
      return "a unique index of this kind (" + index.special + ") cannot take the partition columns";
    if (!index.special.empty() && !sync_.same_engine())
      return "an index of this kind (" + index.special + ") has no equal in " + sync_.target.name();
    for (const types::IndexColumn& column : index.columns) {
      if (column.name.empty() && index.definition.empty()) return "it is on an expression";
      if (column.name.empty()) continue;
      const Draft* draft = work_.draft_of(column.name);
      if (!draft || draft->failed) return "its column `" + column.name + "` is not copied";
      if (index.unique && draft->rewritten && draft->note.rfind("MASK sha256", 0) != 0)
        return "values of `" + column.name + "` are rewritten";
      if (!index.special.empty() && draft->name != column.name && !index.definition.empty())
        return "its column `" + column.name + "` is renamed";
      const std::string type = key_type_problem(index, *draft);
      if (!type.empty()) return type;
    }
    if (index.special.empty() && !sync_.same_engine()) return cross_engine_problem(index);
    return key_length_problem(index);
  }

  std::string cross_engine_problem(const Index& index) {
    const std::string& method = index.method;
    if (!method.empty() && method != "btree" && method != "hash") return "the target has no " + method + " indexes";
    if (index.nulls_not_distinct && index.unique) return "NULLs are distinct in unique indexes of " + sync_.target.name();
    return key_length_problem(index);
  }

  std::string key_type_problem(const Index& index, const Draft& draft) const {
    if (can().text_in_keys || !index.special.empty() || draft.type.verbatim) return {};
    const types::LogicalType& type = draft.type.to;
    const bool unbounded = (type.kind == TypeKind::string || type.kind == TypeKind::bytes) && type.length < 0;
    const bool unfit = type.kind == TypeKind::json || type.kind == TypeKind::array || type.kind == TypeKind::geometry;
    return unbounded || unfit
               ? "`" + draft.name + "` is " + draft.type.native.text + ", which " + sync_.target.name() + " cannot index whole"
               : std::string();
  }

  std::string key_length_problem(const Index& index) {
    if (can().text_in_keys || can().max_key_bytes == 0) return {};
    std::int64_t bytes = 0;
    for (const types::IndexColumn& column : index.columns) {
      const Draft* draft = column.name.empty() ? nullptr : work_.draft_of(column.name);
      if (!draft || draft->type.verbatim) return {};
      const types::LogicalType& type = draft->type.to;
      bytes += type.kind == TypeKind::string ? type.length * 4 : type.kind == TypeKind::bytes ? type.length : 8;
    }
    return bytes > can().max_key_bytes
               ? fmt::format("its columns may take {} bytes, an index takes {}", bytes, can().max_key_bytes)
               : std::string();
  }

  std::string wanted_name(const Index& index) const {
    const bool widen = sync_.source.can().index_names_per_table && !can().index_names_per_table;
    return widen ? work_.plan.target.table + "_" + index.name : index.name;
  }

  // --- CREATE WITH

  void created_with() {
    for (const bound::BoundCreateItem& bound : work_.policy.create) {
      switch (bound.item.kind) {
        case ast::CreateItem::Kind::index:
          written_index(bound.item);
          break;
        case ast::CreateItem::Kind::comment:
          comment(bound.item);
          break;
        case ast::CreateItem::Kind::table_type:
          schema().storage = bound.item.name.text == "without_rowid" ? "without rowid" : bound.item.name.text;
          break;
        case ast::CreateItem::Kind::native:
          schema().create_options += (schema().create_options.empty() ? "" : " ") + trimmed(bound.item.native_text);
          break;
        default:
          break;
      }
    }
  }

  static std::string trimmed(const std::string& text) {
    const auto first = text.find_first_not_of(" \t\r\n");
    const auto last = text.find_last_not_of(" \t\r\n");
    return first == std::string::npos ? std::string() : text.substr(first, last - first + 1);
  }

  void emit(diag::Diagnostic diagnostic, const source::Span& span) {
    diag::Sink local;
    local.emit(std::move(diagnostic));
    context_.script.route(local, span, sync_.bound->name, work_);
  }

  void written_index(const ast::CreateItem& item) {
    Index index;
    for (const ast::Name& column : item.columns) {
      const Draft* draft = work_.draft_named(column.text);
      if (!draft) draft = work_.draft_of(column.text);
      if (!draft) {
        emit(unknown_column(work_, column.text, column.span), item.span);
        return;
      }
      index.columns.push_back({draft->name, false, 0});
    }
    index.method = item.method ? text::ascii_lower(item.method->text) : "btree";
    index.name = names_->take(schema().name.container, item.name.text, schema().name.table);
    schema().indexes.push_back(std::move(index));
  }

  void comment(const ast::CreateItem& item) {
    if (!can().comments) {
      work_.reason("COMMENT is left out: " + sync_.target.name() + " keeps no comments");
      return;
    }
    analyze::Scope scope;
    scope.unit = &context_.unit;
    scope.names = &work_.names;
    scope.when = "the plan is made";
    scope.latest = expr::Phase::plan;
    diag::Sink local;
    const auto text = analyze::evaluate_name(*item.comment, scope, local);
    context_.script.route(local, item.span, sync_.bound->name, work_);
    if (text) schema().comment = *text;
  }

  Context& context_;
  SyncWork& sync_;
  Work& work_;
  NameSpace* names_;
};

void say_not_copied(SyncWork& sync, Work& work) {
  std::vector<std::string> triggers;
  for (const types::Dependent& dependent : work.source.dependents) {
    if (dependent.kind == "trigger") triggers.push_back(dependent.name);
  }
  std::string kinds;
  std::vector<std::string> names = work.source.checks;
  if (!names.empty()) kinds = "CHECK constraints";
  if (!triggers.empty()) kinds += kinds.empty() ? "triggers" : " and triggers";
  names.insert(names.end(), triggers.begin(), triggers.end());
  if (!names.empty()) finding(sync, work, diag::NotCopied(source_name(work), kinds + " are", text::sample_list(names)));
}

/// Target indexes that a RECREATE does not make again are named (DECISIONS 50).
void say_lost_indexes(Work& work) {
  if (!work.existing || keeps_table(work)) return;
  std::vector<std::string> lost;
  for (const Index& index : work.existing->indexes) {
    const auto& made = work.plan.target_schema.indexes;
    const bool kept = std::any_of(made.begin(), made.end(), [&](const Index& other) {
      return other.name == index.name || (columns_of(other) == columns_of(index) && other.unique == index.unique);
    });
    if (!kept) lost.push_back(index.name);
  }
  if (!lost.empty()) work.reason("indexes of the existing table that the source lacks are lost: " + text::sample_list(lost));
}

}  // namespace

void plan_keys(Context& context, SyncWork& sync, Work& work, NameSpace* names) {
  work.plan.key =
      work.policy.key ? key_clause(context, sync, work) : with_shard(work, target_columns(work, work.source.primary_key.columns));
  if (!keeps_table(work)) {
    Indexes(context, sync, work, names).run(work.policy.key ? work.plan.key : std::vector<std::string>());
    say_not_copied(sync, work);
    say_lost_indexes(work);
  }
  if (upserts(work) && !work.plan.schema_only) plan_upsert_key(sync, work, names);
}

}  // namespace syncline::planner
