#include "compiler/planner/native_partitions.h"

#include <algorithm>

#include "compiler/analyze/native_partition.h"
#include "compiler/plan/summary.h"
#include "compiler/planner/column_types.h"
#include "compiler/planner/key_names.h"
#include "stdlib/base/text.h"
#include "stdlib/types/range_partition.h"
#include "stdlib/types/zone.h"

namespace syncline::planner {
namespace {

using types::NativePartitions;
using types::TypeKind;
using LayoutKind = NativePartitions::Kind;
using RangeUnit = NativePartitions::Unit;

bool whole_number(TypeKind kind) {
  return kind == TypeKind::tinyint || kind == TypeKind::smallint || kind == TypeKind::integer || kind == TypeKind::bigint;
}
bool moment(TypeKind kind) {
  return kind == TypeKind::timestamp || kind == TypeKind::timestamp_local;
}
bool bounded(const types::LogicalType& type) {
  return (type.kind == TypeKind::string || type.kind == TypeKind::bytes) && type.length >= 0;
}
bool comparable(TypeKind kind) {
  return kind != TypeKind::json && kind != TypeKind::geometry && kind != TypeKind::network && kind != TypeKind::other;
}

class Layout {
 public:
  Layout(Context& context, SyncWork& sync, Work& work)
      : context_(context), sync_(sync), work_(work), clause_(work.policy.native_partition->value) {}

  void run() {
    const auto wanted = analyze::native_partitions(clause_);
    if (!wanted) return;
    NativePartitions made = *wanted;
    if (!name_columns(made)) return;
    replaced_partitions(made);
    if (sync_.target.can().list_partition_columns == 0) {
      work_.reason(sync_.target.name() + " has no partitions of its own: PARTITION BY " + types::to_string(made) +
                   " makes a plain table");
    } else if (keeps_table(work_)) {
      keep(made);
    } else if (made.kind == LayoutKind::native || fits(made)) {
      schema().native_partitions = made;
      work_.reason("partitioned by " + types::to_string(made) +
                   (made.grow() ? ": a load makes the partitions that its rows need" : ""));
    }
  }

 private:
  types::TableSchema& schema() { return work_.plan.target_schema; }

  bool name_columns(NativePartitions& made) {
    diag::Sink local;
    for (const ast::Name& name : clause_.names) {
      const Draft* draft = work_.draft_of(name.text);
      if (draft == nullptr) draft = work_.draft_named(name.text);
      if (draft == nullptr) {
        local.emit(unknown_column(work_, name.text, name.span));
      } else if (!draft->failed) {
        made.columns.push_back(draft->name);
      }
    }
    context_.script.route(local, work_.policy.native_partition->origin.span, sync_.bound->name, work_);
    return made.columns.size() == clause_.names.size();
  }

  /// OVERWRITE PARTITION: each row's own values name its partition.
  void replaced_partitions(const NativePartitions& made) {
    const auto& loads = work_.plan.loads;
    const bool overwrites = std::any_of(
        loads.begin(), loads.end(), [](const plan::Load& load) { return load.mode == types::WriteMode::overwrite_partition; });
    if (!overwrites) return;
    if (made.kind == LayoutKind::list) {
      work_.plan.partitioning = plan::Partitioning{made.columns, std::nullopt};
      return;
    }
    if (made.kind == LayoutKind::native) {
      context_.script.emit(diag::NotBuilt("`WRITE OVERWRITE PARTITION` with `PARTITION BY NATIVE`").at(clause_.span));
    } else if (fits(made)) {
      work_.plan.partitioning = plan::Partitioning{made.columns, made};
      work_.reason("every range of `" + made.columns.front() + "` that a row lies in is replaced whole");
      refuse_parts_of_ranges(made);
    }
  }

  /// A window that begins or ends inside a range would erase what its neighbour wrote there. The proof has seen the windows by
  /// the schedule's clock; the column's own is known here.
  void refuse_parts_of_ranges(const NativePartitions& made) {
    const Draft* draft = work_.draft_named(made.columns.front());
    if (draft == nullptr || made.unit == RangeUnit::values) return;
    for (const plan::Load& load : work_.plan.loads) {
      const std::string name = clock_of(*draft, load);
      const types::Zone* clock = types::Zone::find(name);
      if (!load.windowed || clock == nullptr) continue;
      const auto& window = load.instance.window;
      if (types::begins_range(made, window.start, *clock) && types::begins_range(made, window.end, *clock)) continue;
      finding(sync_, work_,
              diag::PartitionErased(sync_.bound->name, "`" + draft->name + "`")
                  .note("window " + plan::window_text(load) + " is only a part of the ranges that it replaces: `" + draft->name +
                        "` shows the clock of " + name)
                  .with_help("let windows begin and end where ranges do by that clock, or WRITE UPSERT")
                  .for_column(draft->name));
      return;
    }
  }

  /// Of a date that of the windows; naive times have the source's, instants and what is made from them UTC.
  [[nodiscard]] std::string clock_of(const Draft& draft, const plan::Load& load) const {
    const TypeKind kind = draft.type.from.kind;
    if (kind == TypeKind::date) return load.timezone;
    return kind == TypeKind::timestamp_local ? sync_.source.connection->timezone : "UTC";
  }

  void keep(const NativePartitions& made) {
    const NativePartitions& live = work_.existing->native_partitions;
    const auto rule = sync_.target.server.column_case;
    if (live.kind == LayoutKind::none) {
      work_.reason("the existing table has no partitions and stays as it is; RECREATE would make them");
    } else if (made.kind == LayoutKind::native || live.kind != made.kind || !same_set(live.columns, made.columns, rule)) {
      work_.reason("the existing table is partitioned already (" + types::to_string(live) +
                   ") and stays as it is: rows need partitions that are there");
    } else {
      schema().native_partitions = made;
      schema().native_partitions.columns = live.columns;
      work_.reason("the existing table keeps its partitions; those that the rows need besides are made first");
    }
  }

  bool fits(const NativePartitions& made) {
    for (const std::string& name : made.columns) {
      const types::Column* column = schema().find_column(name);
      const std::string problem = column == nullptr ? "it is not copied" : problem_of(made, *column);
      if (problem.empty()) continue;
      finding(sync_, work_,
              diag::PartitionColumn(name, source_name(work_), types::to_string(made), problem)
                  .with_help(made.kind == LayoutKind::range
                                 ? "RANGE takes a date, a moment or a whole number; CAST the column, or choose "
                                   "another one"
                                 : "LIST takes a column whose values can be told apart exactly")
                  .for_column(name));
      return false;
    }
    return true;
  }

  std::string problem_of(const NativePartitions& made, const types::Column& column) const {
    const types::LogicalType& type = column.logical;
    const std::string is = "it is " + column.native.text;
    if (made.kind == LayoutKind::list) {
      if (sync_.target.can().partitions_by_any_type) return comparable(type.kind) ? "" : is;
      const bool short_one =
          bounded(type) || whole_number(type.kind) || type.kind == TypeKind::date || type.kind == TypeKind::timestamp_local;
      return short_one ? "" : is + ", which a list in " + sync_.target.name() + " cannot hold";
    }
    const bool dated = type.kind == TypeKind::date || moment(type.kind);
    if (!dated && !whole_number(type.kind)) return is;
    if (whole_number(type.kind) != (made.unit == RangeUnit::values))
      return is + (dated ? "; say DAYS or MONTHS" : "; say VALUES");
    if (type.kind == TypeKind::date && made.unit == RangeUnit::hours) return "a date has no hours";
    return {};
  }

  Context& context_;
  SyncWork& sync_;
  Work& work_;
  const ast::Clause& clause_;
};

}  // namespace

void mark_partition_columns(SyncWork& sync, Work& work) {
  if (!work.policy.native_partition || sync.target.can().list_partition_columns == 0) return;
  for (const ast::Name& name : work.policy.native_partition->value.names) {
    Draft* draft = work.draft_of(name.text);
    if (draft == nullptr) draft = work.draft_named(name.text);
    if (draft == nullptr) continue;
    draft->key = true;
    draft->listed = work.policy.native_partition->value.partition_form == ast::Clause::PartitionForm::list;
  }
}

void plan_native_partitions(Context& context, SyncWork& sync, Work& work) {
  work.plan.target_schema.native_partitions = {};
  if (work.policy.native_partition) Layout(context, sync, work).run();
}

const std::vector<std::string>& native_partition_columns(const Work& work) {
  const auto& own = work.plan.target_schema.native_partitions.columns;
  // A row that moves stands in both of its partitions until the load of the other one, in a plain table too.
  const bool replaced = own.empty() && work.policy.native_partition && work.plan.partitioning;
  return replaced ? work.plan.partitioning->columns : own;
}

std::vector<std::string> with_native_partition(const Work& work, std::vector<std::string> columns) {
  for (const std::string& one : native_partition_columns(work)) {
    if (std::find(columns.begin(), columns.end(), one) == columns.end()) columns.push_back(one);
  }
  return columns;
}

}  // namespace syncline::planner
