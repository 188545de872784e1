#include "compiler/planner/keys.h"

#include <algorithm>

#include "compiler/planner/column_types.h"
#include "compiler/planner/due.h"
#include "compiler/planner/shards.h"
#include "stdlib/base/hash.h"
#include "stdlib/base/text.h"

namespace syncline::planner {
namespace {

using types::Index;
using types::TypeKind;

std::string source_name(const Work& work) {
  return types::to_string(work.plan.source);
}

/// Target names of source columns; empty when one is not copied.
std::vector<std::string> target_columns(Work& work, const std::vector<std::string>& source_columns) {
  std::vector<std::string> names;
  for (const std::string& column : source_columns) {
    const Draft* draft = work.draft_of(column);
    if (!draft || draft->failed) return {};
    names.push_back(draft->name);
  }
  return names;
}

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

  void run() {
    primary_key();
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
    schema().primary_key.columns = with_partition(columns);
    for (types::Column& column : schema().columns) {
      const auto& whole = schema().primary_key.columns;
      if (std::find(whole.begin(), whole.end(), column.name) != whole.end()) column.nullable = false;
    }
    if (can().index_names_per_table || !sync_.target.engine->has_container()) return;
    schema().primary_key.name = names_->take(schema().name.container, schema().name.table + "_pkey", schema().name.table);
  }

  /// One source row stands in several partitions, once in each; rows of several shards may have one key.
  std::vector<std::string> with_partition(const std::vector<std::string>& key) const {
    std::vector<std::string> columns = with_shard(work_, key);
    if (upserts(work_)) return columns;
    for (std::string& column : partition_columns(work_)) columns.push_back(std::move(column));
    return columns;
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
    made.name = names_->take(schema().name.container, wanted_name(index), schema().name.table);
    schema().indexes.push_back(std::move(made));
  }

  /// Why the target cannot have this index, or empty.
  std::string index_problem(const Index& index) {
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
        emit(diag::UnknownColumn(column.text, source_name(work_)).at(column.span).for_column(column.text), item.span);
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

// --- the key of UPSERT

std::vector<std::string> key_clause(Context& context, SyncWork& sync, Work& work) {
  std::vector<std::string> columns;
  diag::Sink local;
  for (const std::string& name : work.policy.key->value) {
    const Draft* draft = work.draft_of(name);
    if (!draft) draft = work.draft_named(name);
    if (draft) {
      columns.push_back(draft->name);
    } else {
      local.emit(diag::UnknownColumn(name, source_name(work)).at(work.policy.key->origin.span).for_column(name));
    }
  }
  context.script.route(local, work.policy.key->origin.span, sync.bound->name, work);
  return local.has_errors() ? std::vector<std::string>() : columns;
}

bool same_set(std::vector<std::string> one, std::vector<std::string> other, connectors::NameCase rule) {
  for (std::string& name : one) name = fold(name, rule);
  for (std::string& name : other) name = fold(name, rule);
  std::sort(one.begin(), one.end());
  std::sort(other.begin(), other.end());
  return one == other;
}

std::vector<std::string> columns_of(const Index& index) {
  std::vector<std::string> names;
  for (const types::IndexColumn& column : index.columns) names.push_back(column.name);
  return names;
}

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

void upsert_key(SyncWork& sync, Work& work, NameSpace* names) {
  types::TableSchema& schema = work.plan.target_schema;
  if (work.plan.key.empty()) {
    finding(sync, work, diag::NoKey(source_name(work)).with_help("KEY (column, …) names what makes a row unique"));
    return;
  }
  if (!is_unique(sync, schema, work.plan.key)) {
    if (keeps_table(work)) {
      finding(sync, work,
              diag::WriteUnsupported(sync.target.name(), " without a unique key on " + text::sample_list(work.plan.key), "UPSERT")
                  .with_help("add a unique index on these columns to `" + types::to_string(work.plan.target) + "`"));
      return;
    }
    Index index;
    index.unique = true;
    index.method = "btree";
    for (const std::string& column : work.plan.key) index.columns.push_back({column, false, 0});
    index.name = names->take(schema.name.container, schema.name.table + "_upsert_key", schema.name.table);
    schema.indexes.push_back(std::move(index));
    work.reason("a unique index on the KEY columns is created for UPSERT");
  }
  check_ambiguous(sync, work);
}

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

// --- foreign keys

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
  const bool replaced = work.first().mode == types::WriteMode::truncate || work.first().mode == types::WriteMode::recreate;
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

bool upserts(const Work& work) {
  if (work.first().mode == types::WriteMode::upsert) return true;
  if (!work.policy.load) return false;
  const auto& phases = work.policy.load->value.phases;
  return std::any_of(phases.begin(), phases.end(),
                     [](const ast::LoadPhase& phase) { return phase.write && phase.write->mode == ast::WriteMode::upsert; });
}

void NameSpace::reserve(const std::string& container, const std::string& name) {
  taken_.insert(container + '\0' + fold(name, engine_->capabilities.column_case));
}

std::string NameSpace::take(const std::string& container, const std::string& name, const std::string& table) {
  const bool per_table = engine_->capabilities.index_names_per_table && container.find('\x01') == std::string::npos;
  const std::string scope = per_table ? container + "." + table : container;
  const auto rule = engine_->capabilities.column_case;
  std::string fitted = shortened(name, *engine_);
  for (int attempt = 0; !taken_.insert(scope + '\0' + fold(fitted, rule)).second; ++attempt) {
    const std::string tail = "_" + hash::fast_hex(table + "." + name + std::to_string(attempt)).substr(0, 8);
    fitted = shortened(name + tail, *engine_);
  }
  return fitted;
}

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

void plan_keys(Context& context, SyncWork& sync, Work& work, NameSpace* names) {
  if (!keeps_table(work)) {
    Indexes(context, sync, work, names).run();
    say_not_copied(sync, work);
    say_lost_indexes(work);
  }
  if (work.policy.key) work.plan.key = key_clause(context, sync, work);
  if (!work.policy.key) work.plan.key = with_shard(work, target_columns(work, work.source.primary_key.columns));
  if (upserts(work) && !work.plan.schema_only) upsert_key(sync, work, names);
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
