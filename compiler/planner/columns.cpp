#include "compiler/planner/columns.h"

#include <algorithm>
#include <functional>

#include "compiler/analyze/shards.h"
#include "stdlib/base/text.h"

namespace syncline::planner {
namespace {

using Rule = ast::ColumnRule;

bool exact(const Rule& rule) {
  return rule.columns.kind == ast::Segment::Kind::exact;
}

class ColumnRules {
 public:
  ColumnRules(Context& context, SyncWork& sync, Work& work) : context_(context), sync_(sync), work_(work) {}

  void run() {
    for (std::size_t i = 0; i < work_.source.columns.size(); ++i) start(static_cast<int>(i));
    apply(Rule::Kind::exclude, [this](const Rule& rule) { exclude(rule); });
    apply(Rule::Kind::set, [this](const Rule& rule) { each_draft(rule, [&](Draft& draft) { set(rule, draft); }); });
    apply(Rule::Kind::mask, [this](const Rule& rule) { each_draft(rule, [&](Draft& draft) { mask(rule, draft); }); });
    apply(Rule::Kind::cast, [this](const Rule& rule) { each_draft(rule, [&](Draft& draft) { cast(rule, draft); }); });
    apply(Rule::Kind::rename, [this](const Rule& rule) { each_draft(rule, [&](Draft& draft) { rename(rule, draft); }); });
    if (work_.drafts.empty()) finding(sync_, work_, diag::AllColumnsExcluded(types::to_string(work_.plan.source)));
    apply(Rule::Kind::add, [this](const Rule& rule) { add(rule); });
    partition_columns();
    check_names();
  }

 private:
  void start(int index) {
    Draft draft;
    draft.source = index;
    draft.name = work_.source.columns[static_cast<std::size_t>(index)].name;
    work_.drafts.push_back(std::move(draft));
  }

  void apply(Rule::Kind kind, const std::function<void(const Rule&)>& act) {
    for (const bound::BoundColumnRule& rule : work_.policy.columns) {
      if (rule.rule.kind == kind) act(rule.rule);
    }
  }

  const types::Column& column(const Draft& draft) const { return work_.source.columns[static_cast<std::size_t>(draft.source)]; }

  bool matches(const Rule& rule, const Draft& draft) const {
    return draft.source >= 0 && analyze::matches_column(rule.columns, column(draft).name, sync_.source.server.column_case);
  }

  /// Every draft that the rule names. An exact name that the table lacks is SY5003, or SY5004 when others have it.
  void each_draft(const Rule& rule, const std::function<void(Draft&)>& act) {
    std::size_t hits = 0;
    for (Draft& draft : work_.drafts) {
      if (!matches(rule, draft)) continue;
      ++hits;
      act(draft);
    }
    note_misses(rule, hits);
  }

  void note_misses(const Rule& rule, std::size_t hits) {
    diag::Sink local;
    if (hits == 0 && exact(rule) && !in_source(rule)) {
      local.emit(diag::UnknownColumn(rule.columns.text, types::to_string(work_.plan.source))
                     .at(rule.columns.span)
                     .for_column(rule.columns.text)
                     .did_you_mean(rule.columns.text, source_names()));
    }
    context_.script.route(local, rule.columns.span, sync_.bound->name, work_);
  }

  bool in_source(const Rule& rule) const {
    const auto& columns = work_.source.columns;
    return std::any_of(columns.begin(), columns.end(), [&](const types::Column& candidate) {
      return analyze::matches_column(rule.columns, candidate.name, sync_.source.server.column_case);
    });
  }

  std::vector<std::string> source_names() const {
    std::vector<std::string> names;
    for (const types::Column& candidate : work_.source.columns) names.push_back(candidate.name);
    return names;
  }

  void exclude(const Rule& rule) {
    const auto excluded = [&](const Draft& draft) { return matches(rule, draft); };
    const auto kept = std::remove_if(work_.drafts.begin(), work_.drafts.end(), excluded);
    const auto hits = static_cast<std::size_t>(work_.drafts.end() - kept);
    work_.drafts.erase(kept, work_.drafts.end());
    note_misses(rule, hits);
  }

  expr::ExprPtr typed(const ast::Expr& written, const Rule& rule, bool as_mask) {
    analyze::Scope scope = row_scope(context_, sync_, work_, expr::Phase::row);
    scope.mask = as_mask;
    diag::Sink local;
    expr::ExprPtr expression = analyze::type_expression(written, scope, local);
    context_.script.route(local, rule.span, sync_.bound->name, work_);
    return expression;
  }

  void set(const Rule& rule, Draft& draft) {
    draft.expression = typed(*rule.value, rule, false);
    draft.rewritten = true;
    draft.span = rule.span;
    draft.failed = !draft.expression;
    draft.note = "SET";
  }

  void mask(const Rule& rule, Draft& draft) {
    const std::string function = text::ascii_lower(rule.value->text);
    const std::string problem = mask_problem(function, draft);
    if (!problem.empty()) {
      finding(sync_, work_, diag::MaskOnKey(column(draft).name, types::to_string(work_.plan.source), problem).at(rule.span));
      draft.failed = true;
      return;
    }
    work_.names.column = column(draft).name;
    draft.expression = typed(*rule.value, rule, true);
    draft.failed = !draft.expression;
    draft.rewritten = true;
    draft.span = rule.span;
    draft.note = "MASK " + function;
    mask_type(function, draft);
  }

  std::string mask_problem(const std::string& function, const Draft& draft) const {
    if (function == "nullify" && in_key(column(draft).name)) return "nullify() would make a key column NULL";
    const bool textual = column(draft).logical.kind == types::TypeKind::string;
    if ((function == "partial" || function == "redact") && !textual) {
      return function + "() is for text, the column is " + types::to_string(column(draft).logical);
    }
    return {};
  }

  /// sha256 yields 64 hex digits, bucket a number; the others keep the column's type (DECISIONS 50).
  static void mask_type(const std::string& function, Draft& draft) {
    types::LogicalType type;
    if (function == "sha256") {
      type.kind = types::TypeKind::string;
      type.length = 64;
      draft.wanted = type;
    } else if (function == "bucket") {
      type.kind = types::TypeKind::bigint;
      draft.wanted = type;
    } else if (function == "nullify") {
      draft.nullified = true;
    }
  }

  bool in_key(const std::string& name) const {
    const auto& key = work_.source.primary_key.columns;
    if (std::find(key.begin(), key.end(), name) != key.end()) return true;
    const auto& clause = work_.policy.key;
    return clause && std::find(clause->value.begin(), clause->value.end(), name) != clause->value.end();
  }

  static void cast(const Rule& rule, Draft& draft) {
    draft.written = rule.type;
    draft.span = rule.span;
    draft.note += draft.note.empty() ? "CAST" : ", CAST";
  }

  void rename(const Rule& rule, Draft& draft) {
    work_.names.column = column(draft).name;
    analyze::Scope scope;
    scope.unit = &context_.unit;
    scope.names = &work_.names;
    scope.latest = expr::Phase::plan;
    scope.when = "the plan is made";
    diag::Sink local;
    const auto name = analyze::evaluate_name(*rule.value, scope, local);
    context_.script.route(local, rule.span, sync_.bound->name, work_);
    if (name) draft.name = *name;
  }

  void add(const Rule& rule) {
    Draft draft;
    draft.name = rule.columns.text;
    draft.written = rule.type;
    draft.expression = typed(*rule.value, rule, false);
    draft.span = rule.span;
    draft.failed = !draft.expression;
    draft.note = "ADD";
    draft.discriminator = work_.shard_group && analyze::tells_shards_apart(rule);
    work_.drafts.push_back(std::move(draft));
  }

  void partition_columns() {
    if (!work_.policy.partition) return;
    for (const ast::PartitionColumn& column : work_.policy.partition->value.partition_columns) {
      Draft draft;
      diag::Sink local;
      draft.name = column.name.text;
      draft.written = column.type;
      draft.expression = analyze::type_expression(*column.value, row_scope(context_, sync_, work_, expr::Phase::row), local);
      draft.span = column.span;
      draft.failed = !draft.expression;
      draft.note = "PARTITION BY";
      draft.partition = true;
      context_.script.route(local, column.span, sync_.bound->name, work_);
      replace_data_column(draft);
      work_.drafts.push_back(std::move(draft));
    }
  }

  /// The script's value stands in for a data column of that name. A column of a key is not given up: its rows would fall
  /// together.
  void replace_data_column(const Draft& partition) {
    const auto rule = sync_.target.server.column_case;
    const auto same = [&](const Draft& draft) {
      return draft.source >= 0 && fold(draft.name, rule) == fold(partition.name, rule);
    };
    const auto found = std::find_if(work_.drafts.begin(), work_.drafts.end(), same);
    if (found == work_.drafts.end() || in_a_key(work_.source.columns[static_cast<std::size_t>(found->source)].name)) return;
    finding(
        sync_, work_,
        diag::PartitionIsData(partition.name, types::to_string(work_.plan.source))
            .at(partition.span)
            .with_help("its values are replaced by those of PARTITION BY: choose another name, or RENAME or EXCLUDE the column")
            .for_column(partition.name));
    work_.drafts.erase(found);
  }

  [[nodiscard]] bool in_a_key(const std::string& name) const {
    const auto holds = [&](const std::vector<std::string>& columns) {
      return std::find(columns.begin(), columns.end(), name) != columns.end();
    };
    const auto& source = work_.source;
    const bool indexed = std::any_of(source.indexes.begin(), source.indexes.end(), [&](const types::Index& index) {
      return std::any_of(index.columns.begin(), index.columns.end(), [&](const auto& column) { return column.name == name; });
    });
    const bool refers = std::any_of(source.foreign_keys.begin(), source.foreign_keys.end(),
                                    [&](const types::ForeignKey& key) { return holds(key.columns); });
    return indexed || refers || holds(source.primary_key.columns);
  }

  void check_names() {
    std::map<std::string, std::string> seen;
    for (Draft& draft : work_.drafts) {
      const std::string problem = draft.name.empty()
                                      ? "a column of `" + types::to_string(work_.plan.source) + "` gets an empty name"
                                      : too_long(draft.name, *sync_.target.engine);
      if (!problem.empty()) {
        finding(sync_, work_,
                diag::TargetName("column " + problem).with_help("rename it: COLUMNS (RENAME … TO …)").for_column(draft.name));
      }
      const auto [other, fresh] = seen.emplace(fold(draft.name, sync_.target.server.column_case), draft.name);
      if (fresh) continue;
      finding(sync_, work_,
              diag::TargetName(fmt::format("columns `{}` and `{}` of `{}` become one name in the target", other->second,
                                           draft.name, types::to_string(work_.plan.source)))
                  .with_help("rename one of them: COLUMNS (RENAME … TO …)")
                  .for_column(draft.name));
    }
  }

  Context& context_;
  SyncWork& sync_;
  Work& work_;
};

}  // namespace

analyze::Scope row_scope(const Context& context, const SyncWork& sync, const Work& work, expr::Phase latest,
                         const types::TableSchema* columns) {
  const types::TableSchema& schema = columns != nullptr ? *columns : work.source;
  analyze::Scope scope;
  scope.unit = &context.unit;
  scope.names = &work.names;
  scope.latest = latest;
  scope.per_instance = latest != expr::Phase::plan;
  scope.when = "the plan is made";
  scope.table = types::to_string(work.plan.source);
  for (const types::Column& column : schema.columns) scope.column_names.push_back(column.name);
  const auto rule = sync.source.server.column_case;
  scope.column = [&schema, rule](std::string_view name, std::string* exact_name) -> std::optional<types::LogicalType> {
    const std::string wanted = fold(name, rule);
    for (const types::Column& column : schema.columns) {
      if (fold(column.name, rule) != wanted) continue;
      if (exact_name) *exact_name = column.name;
      return column.logical;
    }
    return std::nullopt;
  };
  return scope;
}

void draft_columns(Context& context, SyncWork& sync, Work& work) {
  ColumnRules(context, sync, work).run();
}

}  // namespace syncline::planner
