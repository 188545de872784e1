#include "compiler/planner/column_changes.h"

#include <algorithm>

#include "compiler/planner/column_types.h"
#include "compiler/planner/due.h"
#include "compiler/planner/known_tables.h"
#include "compiler/planner/load_mode.h"
#include "stdlib/base/text.h"

namespace syncline::planner {
namespace {

using plan::ColumnAction;
using plan::ColumnEvent;
using types::LogicalType;
using types::TypeKind;

bool is_integer(TypeKind kind) {
  return kind == TypeKind::tinyint || kind == TypeKind::smallint || kind == TypeKind::integer || kind == TypeKind::bigint;
}

/// Every value of `from` is one of `to`, and readers go on to see the same kind of value.
bool widens(const LogicalType& from, const LogicalType& to) {
  if (types::coercion(from, to) != types::Coercion::exact) return false;
  const bool number = is_integer(from.kind) && (is_integer(to.kind) || to.kind == TypeKind::decimal);
  const bool floating = from.kind == TypeKind::float32 && to.kind == TypeKind::float64;
  return from.kind == to.kind || number || floating;
}

class Changes {
 public:
  Changes(Context& context, SyncWork& sync, Work& work)
      : context_(context), sync_(sync), work_(work), recorded_(known_columns(sync, work)) {}

  void run() {
    added();
    dropped();
    retyped();
    if (reloads_) reload();
  }

 private:
  // --- what the script says

  [[nodiscard]] bool is_written(ColumnEvent event) const {
    return work_.policy.column_changes && work_.policy.column_changes->value.actions.count(event) > 0;
  }
  [[nodiscard]] ColumnAction action_of(ColumnEvent event) const {
    if (is_written(event)) return work_.policy.column_changes->value.actions.at(event);
    const bool clears = work_.first().mode == types::WriteMode::truncate;
    if (event == ColumnEvent::added || (event == ColumnEvent::dropped && clears)) return ColumnAction::evolve;
    return ColumnAction::fail;
  }
  [[nodiscard]] std::string clause(ColumnEvent event) const {
    const std::string words = text::upper(plan::to_string(event)) + " " + text::upper(plan::to_string(action_of(event)));
    return is_written(event) ? "ON COLUMN CHANGE (" + words + ")" : words + ", the default of ON COLUMN CHANGE";
  }

  void note(ColumnEvent event, const std::string& column, const std::string& sentence, std::string from = {},
            std::string to = {}) {
    plan::ColumnChange change;
    change.event = event;
    change.action = action_of(event);
    change.column = column;
    change.from = std::move(from);
    change.to = std::move(to);
    change.sentence = sentence + " (" + clause(event) + ")";
    reloads_ = reloads_ || change.action == ColumnAction::reload;
    work_.plan.column_changes.push_back(std::move(change));
  }

  [[nodiscard]] std::string table() const { return types::to_string(work_.plan.source); }

  // --- events

  /// Columns that the script adds (ADD, PARTITION BY) are no change of the source.
  [[nodiscard]] bool is_new(const Draft& draft) const {
    return draft.source >= 0 && !draft.failed && existing_column(sync_, work_, draft.name) == nullptr;
  }

  void added() {
    for (const Draft& draft : work_.drafts) {
      if (!is_new(draft)) continue;
      const std::string what = "column `" + draft.name + "` is new in the source: ";
      switch (action_of(ColumnEvent::added)) {
        case ColumnAction::evolve:
          note(ColumnEvent::added, draft.name, what + "added to the target, rows that stay there get its default or NULL");
          break;
        case ColumnAction::ignore:
          note(ColumnEvent::added, draft.name, what + "not copied");
          break;
        case ColumnAction::reload:
          note(ColumnEvent::added, draft.name, what + "the table is copied anew");
          break;
        case ColumnAction::fail:
          finding(sync_, work_,
                  diag::ColumnAdded(draft.name, table(), types::to_string(work_.plan.target), clause(ColumnEvent::added))
                      .with_help("ADDED EVOLVE adds it to the target, ADDED IGNORE or EXCLUDE leaves it out")
                      .for_column(draft.name));
      }
    }
    if (action_of(ColumnEvent::added) != ColumnAction::ignore) return;
    auto& drafts = work_.drafts;
    drafts.erase(std::remove_if(drafts.begin(), drafts.end(), [&](const Draft& draft) { return is_new(draft); }), drafts.end());
  }

  [[nodiscard]] bool in_source(const std::string& name) const {
    const auto rule = sync_.source.server.column_case;
    return std::any_of(work_.source.columns.begin(), work_.source.columns.end(),
                       [&](const types::Column& column) { return fold(column.name, rule) == fold(name, rule); });
  }

  /// A column that somebody gave the target, or that the script has fed before, has not left the source.
  void dropped() {
    const auto rule = sync_.target.server.column_case;
    for (const types::Column& column : work_.existing->columns) {
      const auto fed = [&](const Draft& draft) { return fold(draft.name, rule) == fold(column.name, rule); };
      if (column.generated || std::any_of(work_.drafts.begin(), work_.drafts.end(), fed)) continue;
      const auto copied = std::find_if(recorded_.begin(), recorded_.end(),
                                       [&](const KnownColumn& one) { return fold(one.target, rule) == fold(column.name, rule); });
      if (copied == recorded_.end() || in_source(copied->source)) continue;
      decide_dropped(column.name, copied->source);
    }
  }

  void decide_dropped(const std::string& column, const std::string& source) {
    const std::string what = "column `" + source + "` is no longer in the source: ";
    switch (action_of(ColumnEvent::dropped)) {
      case ColumnAction::evolve:
      case ColumnAction::ignore:
        return note(ColumnEvent::dropped, column, what + "`" + column + "` keeps its values, new rows get its default");
      case ColumnAction::reload:
        return note(ColumnEvent::dropped, column, what + "the table is copied anew");
      case ColumnAction::fail:
        finding(
            sync_, work_,
            diag::ColumnDropped(source, table(), types::to_string(work_.plan.target), clause(ColumnEvent::dropped))
                .with_help(
                    "DROPPED EVOLVE keeps the old values and gives new rows the default, DROPPED RELOAD copies the table anew")
                .for_column(column));
    }
  }

  void retyped() {
    for (Draft& draft : work_.drafts) {
      const types::Column* bound = existing_column(sync_, work_, draft.name);
      if (bound == nullptr || bound->generated || draft.failed || draft.source < 0 || draft.expression) continue;
      const types::Column& source = work_.source.columns[static_cast<std::size_t>(draft.source)];
      const MappedType held = type_in_existing(sync_, work_, draft, *bound);
      if (held.coercion == types::Coercion::exact || !has_changed(source, held)) continue;
      const std::size_t before = work_.plan.findings.size();
      decide_retyped(draft, *bound, source);
      // It is said once: not as SY5014 again.
      draft.failed = held.coercion == types::Coercion::impossible && work_.plan.findings.size() > before;
    }
  }

  /// Without a record only what cannot be held at all shows that something has changed, and only a RELOAD can mend that; for the
  /// rest it is SY5014.
  [[nodiscard]] bool has_changed(const types::Column& source, const MappedType& held) const {
    const auto rule = sync_.source.server.column_case;
    const auto copied = std::find_if(recorded_.begin(), recorded_.end(),
                                     [&](const KnownColumn& one) { return fold(one.source, rule) == fold(source.name, rule); });
    if (copied != recorded_.end()) return copied->type != source.native.text;
    return held.coercion == types::Coercion::impossible && action_of(ColumnEvent::retyped) == ColumnAction::reload;
  }

  void decide_retyped(Draft& draft, const types::Column& bound, const types::Column& source) {
    const std::string what = "column `" + source.name + "` is " + source.native.text + " in the source now, `" + draft.name +
                             "` of the target is " + bound.native.text + ": ";
    switch (action_of(ColumnEvent::retyped)) {
      case ColumnAction::reload:
        return note(ColumnEvent::retyped, draft.name, what + "the table is copied anew", bound.native.text);
      case ColumnAction::ignore:
        return note(ColumnEvent::retyped, draft.name, what + "left as it is, a value that does not fit fails the table",
                    bound.native.text, bound.native.text);
      case ColumnAction::evolve:
        return widen(draft, bound, source, what);
      case ColumnAction::fail:
        finding(sync_, work_,
                diag::ColumnRetyped(source.name, table(), source.native.text, bound.native.text,
                                    types::to_string(work_.plan.target), clause(ColumnEvent::retyped))
                    .with_help("RETYPED EVOLVE widens the column where that loses nothing, RETYPED RELOAD copies the table anew")
                    .for_column(draft.name));
    }
  }

  void widen(Draft& draft, const types::Column& bound, const types::Column& source, const std::string& what) {
    const auto wider = type_in_new_table(context_, sync_, work_, draft);
    const std::string why = wider ? why_not(bound, draft, *wider) : sync_.target.name() + " has no type for it";
    if (!why.empty()) {
      finding(sync_, work_,
              diag::NotWidened(draft.name, types::to_string(work_.plan.target), bound.native.text, source.native.text, why)
                  .with_help("RETYPED RELOAD copies the table anew, RETYPED IGNORE leaves the column as it is")
                  .for_column(draft.name));
      return;
    }
    draft.widened = true;
    note(ColumnEvent::retyped, draft.name, what + "widened to " + wider->native.text, bound.native.text, wider->native.text);
  }

  /// Why the kept column cannot take the type that a new table would have; empty: it can.
  [[nodiscard]] std::string why_not(const types::Column& bound, const Draft& draft, const MappedType& wider) const {
    const LogicalType now = read_type(sync_.target.engine->name, bound.native, {&bound, draft.key});
    if (!widens(now, wider.to)) return "not every value of " + bound.native.text + " is one of " + wider.native.text;
    if (wider.coercion == types::Coercion::impossible) return wider.native.text + " cannot hold it";
    if (!sync_.target.can().widens_columns) return sync_.target.name() + " cannot change the type of a column";
    const auto& partitioned = work_.existing->native_partitions.columns;
    if (std::find(partitioned.begin(), partitioned.end(), bound.name) != partitioned.end())
      return "the table is partitioned by it";
    if (sync_.target.can().typed_foreign_keys && is_referenced(bound.name)) return "a foreign key joins it to another table";
    return {};
  }

  [[nodiscard]] bool is_referenced(const std::string& column) const {
    const types::TableSchema& live = *work_.existing;
    const auto& key = live.primary_key.columns;
    const bool in_key = std::find(key.begin(), key.end(), column) != key.end();
    const auto is_key = [](const types::Dependent& one) { return one.kind == "foreign key"; };
    if (in_key && std::any_of(live.dependents.begin(), live.dependents.end(), is_key)) return true;
    return std::any_of(live.foreign_keys.begin(), live.foreign_keys.end(), [&](const types::ForeignKey& one) {
      return std::find(one.columns.begin(), one.columns.end(), column) != one.columns.end();
    });
  }

  /// The whole table by RECREATE; increments begin again behind it.
  void reload() {
    for (Draft& draft : work_.drafts) draft.widened = false;
    list_reload(context_, sync_, work_);
    if (!work_.plan.needs_adoption) decide_action(context_, sync_, work_);
  }

  Context& context_;
  SyncWork& sync_;
  Work& work_;
  std::vector<KnownColumn> recorded_;
  bool reloads_ = false;
};

}  // namespace

void decide_column_changes(Context& context, SyncWork& sync, Work& work) {
  const bool kept = work.existing && !work.plan.schema_only && work.first().mode != types::WriteMode::recreate;
  if (kept && !work.idle) Changes(context, sync, work).run();
}

}  // namespace syncline::planner
