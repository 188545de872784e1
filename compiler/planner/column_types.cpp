#include "compiler/planner/column_types.h"

#include <algorithm>
#include <functional>
#include <numeric>

#include "compiler/planner/defaults.h"
#include "stdlib/base/text.h"

namespace syncline::planner {
namespace {

constexpr std::int64_t kAddedText = 128;  ///< characters

using types::LogicalType;
using types::TypeKind;

LogicalType of_kind(TypeKind kind) {
  LogicalType type;
  type.kind = kind;
  return type;
}

/// The widest logical type an expression of this type may yield.
LogicalType expression_type(const expr::Expr& expression) {
  switch (expression.type) {
    case expr::Type::boolean:
      return of_kind(TypeKind::boolean);
    case expr::Type::integer:
      return of_kind(TypeKind::bigint);
    case expr::Type::decimal:
      return of_kind(TypeKind::decimal);
    case expr::Type::date:
      return of_kind(TypeKind::date);
    case expr::Type::timestamp: {
      LogicalType type = of_kind(TypeKind::timestamp);
      type.scale = 6;
      return type;
    }
    case expr::Type::interval:
      return of_kind(TypeKind::interval);
    default:
      return of_kind(TypeKind::string);
  }
}

void mark(Work& work, const std::vector<std::string>& source_columns) {
  for (const std::string& name : source_columns) {
    if (Draft* draft = work.draft_of(name)) draft->key = true;
  }
}

using Member = std::pair<types::ObjectName, std::string>;

/// Union-find over columns joined by foreign keys.
class Classes {
 public:
  Member root(const Member& of) {
    auto found = parent_.find(of);
    if (found == parent_.end()) return parent_[of] = of;
    if (found->second == of) return of;
    const Member top = root(found->second);
    return parent_[of] = top;
  }
  void join(const Member& one, const Member& other) { parent_[root(one)] = root(other); }
  [[nodiscard]] std::vector<Member> members() const {
    std::vector<Member> all;
    for (const auto& entry : parent_) all.push_back(entry.first);
    return all;
  }

 private:
  std::map<Member, Member> parent_;
};

const types::Column* column_of(SyncWork& sync, const Member& member) {
  Work* work = sync.table(member.first);
  return work ? work->source.find_column(member.second) : nullptr;
}

bool unsigned_bigint(const types::Column& column) {
  return column.logical.kind == TypeKind::bigint && column.logical.is_unsigned;
}

Classes classes_of(SyncWork& sync) {
  Classes classes;
  for (const Work& work : sync.tables) {
    for (const types::Column& column : work.source.columns) {
      if (column.auto_increment) classes.root({work.plan.source, column.name});
    }
    for (const types::ForeignKey& key : work.source_keys) {
      for (std::size_t i = 0; i < key.columns.size() && i < key.referenced_columns.size(); ++i) {
        classes.join({work.plan.source, key.columns[i]}, {key.referenced, key.referenced_columns[i]});
      }
    }
  }
  return classes;
}

/// A target type for `from` as the built-in rules spell it equals this native type: what an earlier load of ours made.
bool own_spelling(std::string_view engine, const LogicalType& from, const types::NativeType& native, const ColumnFacts& facts) {
  const auto written = write_type(engine, from, facts);
  return written && written->words == native.words && written->arguments == native.arguments;
}

/// Null: an added column.
const types::Column* column_of(const Work& work, const Draft& draft) {
  return draft.source < 0 ? nullptr : &work.source.columns[static_cast<std::size_t>(draft.source)];
}

ColumnFacts facts_of(const Work& work, const Draft& draft) {
  return {column_of(work, draft), draft.key};
}

LogicalType value_type(const Work& work, const Draft& draft) {
  return draft.expression ? expression_type(*draft.expression) : column_of(work, draft)->logical;
}

class TypeDecision {
 public:
  TypeDecision(Context& context, SyncWork& sync, Work& work) : context_(context), sync_(sync), work_(work) {}

  void run() {
    for (Draft& draft : work_.drafts) resolve(draft);
    if (!keeps_table(work_) && sync_.target.can().max_key_bytes > 0 && !sync_.target.can().text_in_keys) fit_keys();
    if (!keeps_table(work_) && sync_.target.can().max_row_bytes > 0) fit_row();
    for (Draft& draft : work_.drafts) {
      if (!draft.failed) judge(draft);
    }
    for (Draft& draft : work_.drafts) {
      if (!draft.failed) finish(draft);
    }
  }

 private:
  const types::Column* source_column(const Draft& draft) const { return column_of(work_, draft); }
  std::string table() const { return types::to_string(work_.plan.source); }
  LogicalType from(const Draft& draft) const { return value_type(work_, draft); }

  void resolve(Draft& draft) {
    if (draft.failed) return;
    const auto mapped = mapped_type(draft);
    if (!mapped) {
      draft.failed = true;
      no_type(draft);
      return;
    }
    draft.type = *mapped;
  }

  std::optional<MappedType> mapped_type(const Draft& draft) {
    const types::Column* bound = keeps_table(work_) && !draft.widened ? existing_column(sync_, work_, draft.name) : nullptr;
    return bound ? type_in_existing(sync_, work_, draft, *bound) : type_in_new_table(context_, sync_, work_, draft);
  }

  void no_type(const Draft& draft) {
    if (draft.written) {
      diag::Sink local;
      local.emit(diag::UnknownType(native_type(*draft.written, {}).text, sync_.target.name()).at(draft.written->span));
      context_.script.route(local, draft.span, sync_.bound->name, work_);
      return;
    }
    const types::Column* column = source_column(draft);
    finding(sync_, work_,
            diag::NoTypeMapping(column ? column->native.text : types::to_string(from(draft)), sync_.target.name(), draft.name,
                                table())
                .with_help("give it a type: COLUMNS (CAST " + draft.name + " TO …), EXCLUDE it, or add a TYPE MAPPING")
                .for_column(draft.name));
  }

  /// After every wish is known: can these values be held at all?
  void judge(Draft& draft) {
    const bool only_null = draft.expression && draft.expression->type == expr::Type::null;
    if (only_null || draft.type.coercion != types::Coercion::impossible) return;
    draft.failed = true;
    const types::Column* bound = keeps_table(work_) ? existing_column(sync_, work_, draft.name) : nullptr;
    if (bound && work_.plan.schema_only) {
      work_.reason("column `" + draft.name + "` is " + bound->native.text + ", the source has " +
                   types::to_string(draft.type.from) + ": not changed");
    } else if (bound) {
      finding(sync_, work_,
              diag::ExistingColumnType(draft.name, types::to_string(work_.plan.target), bound->native.text,
                                       types::to_string(draft.type.from))
                  .with_help("CAST the column, or load with WRITE RECREATE")
                  .for_column(draft.name));
    } else if (draft.expression) {
      diag::Sink local;
      local.emit(diag::OperandType(fmt::format("`{}` is {}, its value is {}", draft.name, types::to_string(draft.type.to),
                                               expr::to_string(draft.expression->type)))
                     .at(draft.span));
      context_.script.route(local, draft.span, sync_.bound->name, work_);
    } else {
      finding(sync_, work_,
              diag::NoTypeMapping(types::to_string(draft.type.from), draft.type.native.text, draft.name, table())
                  .with_help("values of the one cannot become values of the other: choose another type")
                  .for_column(draft.name));
    }
  }

  // --- lengths of keys and rows

  std::int64_t key_bytes(const Draft& draft) const {
    const LogicalType& type = draft.type.to;
    switch (type.kind) {
      case TypeKind::string:
        return type.length < 0 ? -1 : type.length * 4;
      case TypeKind::bytes:
        return type.length;
      case TypeKind::json:
      case TypeKind::array:
      case TypeKind::geometry:
      case TypeKind::set:
      case TypeKind::other:
        return -1;
      case TypeKind::decimal:
        return type.precision < 0 ? 30 : type.precision / 2 + 2;
      default:
        return 8;
    }
  }

  bool adjustable(const Draft& draft) const {
    const TypeKind kind = draft.type.to.kind;
    return !draft.type.verbatim && !draft.written && !draft.failed && (kind == TypeKind::string || kind == TypeKind::bytes);
  }

  void fit_keys() {
    for (Draft& draft : work_.drafts) {
      const bool added = draft.partition || draft.discriminator;
      if (added && !draft.failed && draft.type.to.kind == TypeKind::string && draft.type.to.length < 0) shorten_added(draft);
    }
    fit_key(with_partition(work_.source.primary_key.columns));
    for (const types::Index& index : work_.source.indexes) {
      if (index.unique && index.special.empty()) fit_key(with_partition(index_columns(index)));
    }
    for (const types::ForeignKey& key : work_.source_keys) fit_key(key.columns);
    if (work_.policy.key) fit_key(with_partition(work_.policy.key->value));
    for (Draft& draft : work_.drafts) {
      if (draft.listed && adjustable(draft) && draft.type.to.length < 0) shorten(draft, kAddedText * 4);
    }
  }

  /// Partition columns, and those that tell shards apart, stand in every key of their table.
  void shorten_added(Draft& draft) {
    draft.wanted = of_kind(TypeKind::string);
    draft.wanted->length = kAddedText;
    draft.written.reset();
    resolve(draft);
    work_.reason(fmt::format("`{}` becomes {}: a {} column is part of the key", draft.name, draft.type.native.text,
                             draft.partition ? "partition" : "shard"));
  }

  [[nodiscard]] std::int64_t discriminator_bytes() const {
    std::int64_t bytes = 0;
    for (const Draft& draft : work_.drafts)
      bytes += draft.discriminator && !draft.failed ? std::max<std::int64_t>(0, key_bytes(draft)) : 0;
    return bytes;
  }

  /// Unique keys of a table with partitions of the engine's own hold its partition columns.
  std::vector<std::string> with_partition(std::vector<std::string> columns) {
    if (!work_.policy.native_partition || columns.empty()) return columns;
    for (const ast::Name& name : work_.policy.native_partition->value.names) {
      const bool there = std::find(columns.begin(), columns.end(), name.text) != columns.end();
      if (!there && work_.draft_of(name.text) != nullptr) columns.push_back(name.text);
    }
    return columns;
  }

  static std::vector<std::string> index_columns(const types::Index& index) {
    std::vector<std::string> names;
    for (const types::IndexColumn& column : index.columns) names.push_back(column.name);
    return names;
  }

  /// The unbounded columns of a key share what its other columns leave of the engine's limit.
  void fit_key(const std::vector<std::string>& columns) {
    std::int64_t fixed = discriminator_bytes();
    std::vector<Draft*> open;
    for (const std::string& name : columns) {
      Draft* draft = work_.draft_of(name);
      if (!draft) return;
      const std::int64_t bytes = key_bytes(*draft);
      if (bytes < 0 && adjustable(*draft)) open.push_back(draft);
      if (bytes > 0) fixed += bytes;
    }
    if (open.empty() && fixed > sync_.target.can().max_key_bytes) open = largest(columns, &fixed);
    for (Draft* draft : open)
      shorten(*draft, (sync_.target.can().max_key_bytes - fixed) / static_cast<std::int64_t>(open.size()));
  }

  std::vector<Draft*> largest(const std::vector<std::string>& columns, std::int64_t* fixed) {
    Draft* widest = nullptr;
    for (const std::string& name : columns) {
      Draft* draft = work_.draft_of(name);
      if (adjustable(*draft) && (!widest || key_bytes(*draft) > key_bytes(*widest))) widest = draft;
    }
    if (!widest) return {};
    *fixed -= key_bytes(*widest);
    return {widest};
  }

  void shorten(Draft& draft, std::int64_t bytes) {
    LogicalType wanted = draft.type.to;
    wanted.length = wanted.kind == TypeKind::string ? bytes / 4 : bytes;
    if (wanted.length < 1) return;
    draft.wanted = wanted;
    resolve(draft);
    if (draft.failed) return;
    finding(sync_, work_, diag::TextInKey(draft.name, table(), draft.type.native.text).for_column(draft.name));
    draft.note = "part of a key: longer values fail";
  }

  std::int64_t row_bytes(const Draft& draft) const {
    const std::int64_t bytes = key_bytes(draft);
    return bytes < 0 ? 12 : bytes + 2;
  }

  /// Declared lengths beyond the engine's row become unbounded text, the widest first (DECISIONS 25).
  void fit_row() {
    const auto total = [this] {
      return std::accumulate(
          work_.drafts.begin(), work_.drafts.end(), std::int64_t{0},
          [this](std::int64_t sum, const Draft& draft) { return sum + (draft.failed ? 0 : row_bytes(draft)); });
    };
    while (total() > sync_.target.can().max_row_bytes) {
      Draft* widest = nullptr;
      for (Draft& draft : work_.drafts) {
        if (draft.key || !adjustable(draft) || draft.type.to.length < 0) continue;
        if (!widest || row_bytes(draft) > row_bytes(*widest)) widest = &draft;
      }
      if (!widest) return;
      widest->wanted = of_kind(widest->type.to.kind);
      resolve(*widest);
      widest->note = "the row would be longer than " + std::to_string(sync_.target.can().max_row_bytes) + " bytes";
      work_.reason("`" + widest->name + "` becomes " + widest->type.native.text + ": " + widest->note);
    }
  }

  // --- the target column

  void finish(Draft& draft) {
    const types::Column* bound = keeps_table(work_) ? existing_column(sync_, work_, draft.name) : nullptr;
    if (bound) {
      draft.target = *bound;
      if (draft.widened) draft.target.native = draft.type.native;
      draft.target.logical = draft.type.to;
      return;
    }
    const types::Column* column = source_column(draft);
    types::Column& target = draft.target;
    target.name = draft.name;
    target.native = draft.type.native;
    target.logical = draft.type.to;
    if (column) inherit(draft, *column);
    set_collation(draft);
    if (draft.type.coercion == types::Coercion::checked && draft.note.empty())
      draft.note = "checked: a value that does not fit fails the table";
  }

  void inherit(Draft& draft, const types::Column& column) {
    types::Column& target = draft.target;
    const bool enumeration = draft.type.from.kind == TypeKind::enumeration && draft.type.to.kind == TypeKind::string;
    if (enumeration && !draft.expression && sync_.target.can().enum_by_check) {
      target.logical = draft.type.from;
      draft.note = "enum becomes text with a CHECK of its labels";
    }
    target.nullable = column.nullable || draft.nullified || (!draft.key && policy_nulls(column));
    if (target.nullable && !column.nullable) work_.reason("`" + draft.name + "` loses NOT NULL, because values may become NULL");
    if (sync_.target.can().comments) target.comment = column.comment;
    if (!draft.expression) target.auto_increment = column.auto_increment;
    if (column.generated) draft.note = "generated in the source, a plain column here";
    keep_same_engine(draft, column);
    if (!draft.rewritten) target.default_value = translated_default(context_, sync_, work_, draft, column);
  }

  bool policy_nulls(const types::Column& column) const {
    const types::ValuePolicies& values = work_.policy.errors.values;
    switch (column.logical.kind) {
      case TypeKind::date:
      case TypeKind::timestamp:
      case TypeKind::timestamp_local:
        return values.zero_dates_null;
      case TypeKind::float32:
      case TypeKind::float64:
        return values.non_finite_null;
      case TypeKind::enumeration:
        return values.invalid_enum_null;
      default:
        return false;
    }
  }

  void keep_same_engine(Draft& draft, const types::Column& column) {
    types::Column& target = draft.target;
    if (draft.type.verbatim) {
      target.charset = column.charset;
      target.collation = column.collation;
      target.zerofill = column.zerofill;
      target.identity_always = column.identity_always && work_.first().mode != types::WriteMode::upsert;
      target.invisible = column.invisible;
      target.on_update_now = column.on_update_now;
      return;
    }
    if (column.zerofill) draft.note = "zerofill is lost";
    if (column.on_update_now) work_.reason("`" + draft.name + "` loses ON UPDATE CURRENT_TIMESTAMP");
  }

  /// New text columns of a server that names one collation get it, all of them, so that joins do not mix collations (DECISIONS
  /// 26).
  void set_collation(Draft& draft) {
    types::Column& target = draft.target;
    const std::string& collation = sync_.target.server.text_collation;
    if (collation.empty()) return;
    if (draft.type.verbatim && !foreign_collation(target.collation)) return;
    const std::string& words = target.native.words;
    const bool textual =
        words.find("char") != std::string::npos || words.find("text") != std::string::npos || words == "enum" || words == "set";
    if (!textual) return;
    if (draft.type.verbatim) work_.reason("collation " + target.collation + " of `" + draft.name + "` becomes " + collation);
    target.collation = collation;
    target.charset = "utf8mb4";
  }

  /// Collations that only the other product of the same engine has.
  bool foreign_collation(const std::string& collation) const {
    if (sync_.source.server.product == sync_.target.server.product) return false;
    return collation.find("_0900_") != std::string::npos || collation.find("uca1400") != std::string::npos ||
           collation.find("nopad") != std::string::npos;
  }

  Context& context_;
  SyncWork& sync_;
  Work& work_;
};

}  // namespace

MappedType type_in_existing(const SyncWork& sync, const Work& work, const Draft& draft, const types::Column& bound) {
  MappedType mapped;
  const ColumnFacts target_facts{&bound, false};
  mapped.from = value_type(work, draft);
  mapped.native = bound.native;
  mapped.to = read_type(sync.target.engine->name, bound.native, target_facts);
  if (mapped.from.kind == TypeKind::set && mapped.to.kind == TypeKind::array) mapped.to = mapped.from;
  mapped.coercion = types::coercion(mapped.from, mapped.to);
  const types::Column* column = column_of(work, draft);
  const bool same_native = column && !draft.expression && sync.same_engine() && column->native.words == bound.native.words &&
                           column->native.arguments == bound.native.arguments;
  if (same_native || (mapped.coercion == types::Coercion::impossible &&
                      own_spelling(sync.target.engine->name, mapped.from, bound.native, facts_of(work, draft)))) {
    mapped.to = mapped.from;
    mapped.coercion = types::Coercion::exact;
    mapped.verbatim = same_native;
  }
  return mapped;
}

std::optional<MappedType> type_in_new_table(const Context& context, const SyncWork& sync, const Work& work, const Draft& draft) {
  const connectors::EngineInfo& engine = *sync.target.engine;
  const LogicalType from = value_type(work, draft);
  const ColumnFacts facts = facts_of(work, draft);
  if (draft.written) return written_type(*draft.written, from, facts, engine.name);
  if (draft.wanted) return map_logical(from, *draft.wanted, facts, engine.name);
  auto mapped = map_type(*column_of(work, draft), facts, *sync.source.engine, engine, sync.mapping_of(work, context.unit));
  if (mapped && draft.expression) {
    mapped->from = from;
    // The language computes with instants: a naive column was read by the clock of `timezone` and is written by it.
    const bool by_clock = mapped->from.kind == TypeKind::timestamp && mapped->to.kind == TypeKind::timestamp_local;
    mapped->coercion = by_clock ? types::Coercion::checked : types::coercion(mapped->from, mapped->to);
  }
  return mapped;
}

void mark_keys(Work& work) {
  mark(work, work.source.primary_key.columns);
  for (const types::Index& index : work.source.indexes) {
    for (const types::IndexColumn& column : index.columns) {
      if (index.unique) mark(work, {column.name});
    }
  }
  for (const types::ForeignKey& key : work.source_keys) mark(work, key.columns);
  if (work.policy.key) mark(work, work.policy.key->value);
}

void decide_key_classes(SyncWork& sync) {
  if (sync.target.can().unsigned_integers || sync.same_engine()) return;
  Classes classes = classes_of(sync);
  std::set<Member> counted;
  for (const Member& member : classes.members()) {
    const types::Column* column = column_of(sync, member);
    if (column && column->auto_increment && unsigned_bigint(*column)) counted.insert(classes.root(member));
  }
  for (const Member& member : classes.members()) {
    const types::Column* column = column_of(sync, member);
    Draft* draft = column ? sync.table(member.first)->draft_of(member.second) : nullptr;
    if (!draft || !unsigned_bigint(*column) || draft->expression || draft->written || !counted.count(classes.root(member)))
      continue;
    draft->wanted = of_kind(TypeKind::bigint);
    draft->note = "checked: values above 2^63-1 fail";
    sync.table(member.first)->reason("`" + member.second + "` becomes a signed bigint: it belongs to an auto-increment key");
  }
}

void decide_types(Context& context, SyncWork& sync, Work& work) {
  TypeDecision(context, sync, work).run();
}

bool keeps_table(const Work& work) {
  if (!work.existing) return false;
  if (work.plan.schema_only || work.first().mode != types::WriteMode::recreate) return true;
  return work.first().publish == types::Publish::in_place;
}

const types::Column* existing_column(const SyncWork& sync, const Work& work, std::string_view name) {
  if (!work.existing) return nullptr;
  const auto rule = sync.target.server.column_case;
  const std::string wanted = fold(name, rule);
  for (const types::Column& column : work.existing->columns) {
    if (fold(column.name, rule) == wanted) return &column;
  }
  return nullptr;
}

}  // namespace syncline::planner
