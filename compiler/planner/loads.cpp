#include "compiler/planner/loads.h"

#include <algorithm>
#include <charconv>

#include "compiler/analyze/setting_values.h"
#include "compiler/analyze/windows.h"
#include "compiler/plan/summary.h"
#include "compiler/planner/columns.h"
#include "compiler/planner/due.h"
#include "compiler/planner/key_names.h"
#include "connectors/api/native_text.h"
#include "stdlib/base/text.h"

namespace syncline::planner {
namespace {

using types::Publish;
using types::TypeKind;
using types::WriteMode;

expr::ExprPtr both(const expr::ExprPtr& one, const expr::ExprPtr& other) {
  if (!one || !other) return one ? one : other;
  auto made = std::make_shared<expr::Expr>();
  made->op = expr::Op::logical_and;
  made->type = expr::Type::boolean;
  made->phase = std::max(one->phase, other->phase);
  made->args = {one, other};
  return made;
}

std::string both(const std::string& one, const std::string& other) {
  if (one.empty() || other.empty()) return one.empty() ? other : one;
  return "(" + one + ") AND (" + other + ")";
}

using Binds = std::vector<std::pair<std::string, expr::ExprPtr>>;

class Conditions {
 public:
  Conditions(Context& context, SyncWork& sync, Work& work) : context_(context), sync_(sync), work_(work) {}

  void run() {
    for (plan::Load& load : work_.plan.loads) conditions_of(load);
    if (work_.plan.specimen) conditions_of(*work_.plan.specimen);
  }

 private:
  void conditions_of(plan::Load& load) {
    if (work_.policy.filter) add(work_.policy.filter->value, load);
    const ast::LoadPhase* phase = phase_of(work_, load);
    if (phase != nullptr && load.phase == types::Phase::full && phase->up_to_first_window) below_first_window(load);
    if (phase != nullptr && load.phase != types::Phase::full && phase->where) increment(*phase->where, load);
    if (load.phase == types::Phase::key || has_key_increment()) key(load);
  }

  [[nodiscard]] const ast::LoadPhase* increment_phase() const {
    if (!work_.policy.load) return nullptr;
    for (const ast::LoadPhase& one : work_.policy.load->value.phases) {
      if (one.kind == ast::LoadPhase::Kind::incremental) return &one;
    }
    return nullptr;
  }
  [[nodiscard]] bool has_key_increment() const {
    const ast::LoadPhase* phase = increment_phase();
    return phase != nullptr && !phase->where;
  }

  void add(const ast::Condition& condition, plan::Load& load) {
    diag::Sink local;
    if (condition.portable) {
      load.filter = both(load.filter, typed(*condition.portable, expr::Phase::row, local));
    } else {
      load.native_filter = both(load.native_filter, condition.native_text);
      load.native_parts.push_back({condition.native_text, condition.native_span});
      native_binds(condition, load.native_binds, local);
    }
    context_.script.route(local, condition.span, sync_.bound->name, work_);
  }

  void increment(const ast::Condition& condition, plan::Load& load) {
    add(condition, load);
    if (!condition.covers) return;
    diag::Sink local;
    plan::Covers covers;
    covers.column = source_column(*condition.covers, local);
    covers.from = typed(*condition.covers_from, expr::Phase::run, local);
    covers.to = typed(*condition.covers_to, expr::Phase::run, local);
    context_.script.route(local, condition.span, sync_.bound->name, work_);
    if (covers.column.empty() || !covers.from || !covers.to) return;
    read_too(covers.column);
    load.covers = std::move(covers);
  }

  /// The columns that the table itself has, where those of a whole shard group are planned.
  [[nodiscard]] const types::TableSchema& own() const { return work_.plan.source_schema; }

  expr::ExprPtr typed(const ast::Expr& written, expr::Phase latest, diag::Sink& sink) {
    analyze::Scope scope = row_scope(context_, sync_, work_, latest, &own());
    if (latest == expr::Phase::row) scope.pushed_to = sync_.source.engine;
    return analyze::type_expression(written, scope, sink);
  }

  void native_binds(const ast::Condition& condition, Binds& binds, diag::Sink& sink) {
    const connectors::NativeText text = connectors::fence(condition.native_text, sync_.source.engine->lexical);
    for (const connectors::NativeBind& bind : text.binds) {
      const auto known = [&](const auto& one) { return one.first == bind.name; };
      if (std::any_of(binds.begin(), binds.end(), known)) continue;
      ast::Expr written;
      written.kind = ast::ExprKind::parameter;
      written.text = bind.name;
      written.span = condition.native_span;
      if (auto value = typed(written, expr::Phase::run, sink)) binds.emplace_back(bind.name, std::move(value));
    }
  }

  std::string source_column(const ast::Name& name, diag::Sink& sink) {
    const auto rule = sync_.source.server.column_case;
    for (const types::Column& column : own().columns) {
      if (fold(column.name, rule) == fold(name.text, rule)) return column.name;
    }
    sink.emit(unknown_column(work_, name.text, name.span));
    return {};
  }

  /// A column that is looked at in every row is fetched, whether it is copied or not.
  void read_too(const std::string& name) {
    auto& columns = work_.plan.read_columns;
    const auto same = [&](const types::Column& column) { return column.name == name; };
    if (std::none_of(columns.begin(), columns.end(), same)) columns.push_back(*own().find_column(name));
  }

  /// FULL UP TO FIRST WINDOW: `column < lower bound of the first window OR column IS NULL`.
  void below_first_window(plan::Load& load) {
    const ast::LoadPhase* increments = increment_phase();
    if (increments == nullptr || !increments->where) return;
    const analyze::RowBounds bounds = analyze::row_bounds(context_.unit, *increments->where);
    if (bounds.opaque || !bounds.lower) return;
    const source::Span span = bounds.compared ? bounds.compared->span : increments->where->span;
    const auto node = [&](ast::ExprKind kind, std::string text, std::vector<ast::ExprPtr> args) {
      auto made = std::make_shared<ast::Expr>();
      made->kind = kind;
      made->span = span;
      made->text = std::move(text);
      made->args = std::move(args);
      return made;
    };
    auto column = node(ast::ExprKind::path, {}, {});
    column->path.push_back({bounds.column, true, span});
    const auto below = node(ast::ExprKind::binary, bounds.lower_included ? "<" : "<=", {column, bounds.lower});
    const auto missing = node(ast::ExprKind::is_null, {}, {column});
    const auto either = node(ast::ExprKind::binary, "OR", {below, missing});
    diag::Sink local;
    load.filter = both(load.filter, typed(*either, expr::Phase::row, local));
    context_.script.route(local, span, sync_.bound->name, work_);
  }

  // --- INCREMENTAL KEY

  void key(plan::Load& load) {
    const ast::LoadPhase& phase = *increment_phase();
    diag::Sink local;
    plan::KeyIncrement made;
    made.from_target = !phase.from || text::upper(phase.from->text) == "TARGET";
    for (const ast::Name& name : phase.key) key_column(name, made, local);
    if (phase.lookback) look_back(*phase.lookback, made, local);
    const bool adds = phase.write && phase.write->mode == ast::WriteMode::append;
    if (adds && work_.policy.errors.null_keys == plan::NullKeys::copy && !made.columns.empty()) {
      local.emit(
          diag::IncrementKey(made.columns.front().name, "`null_keys = copy` reads rows again, and APPEND would double them")
              .at(phase.span)
              .with_help("write with UPSERT, or say ERRORS (null_keys = warn)"));
    }
    made.unique = is_unique(made);
    context_.script.route(local, phase.span, sync_.bound->name, work_);
    if (!local.has_errors()) load.key = std::move(made);
  }

  void key_column(const ast::Name& name, plan::KeyIncrement& made, diag::Sink& sink) {
    const std::string found = source_column(name, sink);
    if (found.empty()) return;
    const types::Column& column = *own().find_column(found);
    const auto refuse = [&](const std::string& why, const std::string& help) {
      sink.emit(diag::IncrementKey(found, why).at(name.span).for_column(found).with_help(help));
    };
    if (column.logical.kind == TypeKind::float32 || column.logical.kind == TypeKind::float64) {
      return refuse("it is " + types::to_string(column.logical) +
                        ", whose values are rounded on their way: no border between two runs holds",
                    "choose an exact number, a date or a timestamp");
    }
    if (!has_order(column.logical.kind)) {
      return refuse("it is " + types::to_string(column.logical) + ", which has no order to rely on",
                    "choose a number, date or timestamp");
    }
    made.columns.push_back(column);
    if (!made.from_target) return;
    const Draft* draft = work_.draft_of(found);
    if (draft == nullptr || draft->failed || draft->expression) {
      return refuse("it does not stand in the target as it is",
                    "say FROM STATE: the greatest key that was copied is remembered then");
    }
    if (column.logical.kind == TypeKind::string && !sync_.same_engine()) {
      return refuse("it is text, and the target sorts text in another order", "say FROM STATE");
    }
    made.target_columns.push_back(draft->name);
  }

  static bool has_order(TypeKind kind) {
    switch (kind) {
      case TypeKind::tinyint:
      case TypeKind::smallint:
      case TypeKind::integer:
      case TypeKind::bigint:
      case TypeKind::decimal:
      case TypeKind::string:
      case TypeKind::date:
      case TypeKind::timestamp:
      case TypeKind::timestamp_local:
      case TypeKind::year:
        return true;
      default:
        return false;
    }
  }

  static void look_back(const ast::Quantity& written, plan::KeyIncrement& made, diag::Sink& sink) {
    std::int64_t number = 0;
    const char* end = written.number.data() + written.number.size();
    const auto read = std::from_chars(written.number.data(), end, number);
    if (made.columns.empty()) return;
    const std::string unit = text::upper(written.unit);
    const bool counted = unit == "VALUES" || unit == "VALUE";
    const TypeKind kind = made.columns.front().logical.kind;
    const bool timed = kind == TypeKind::date || kind == TypeKind::timestamp || kind == TypeKind::timestamp_local;
    const auto seconds = counted ? std::nullopt : analyze::seconds_of(written);
    const bool whole = read.ec == std::errc() && read.ptr == end;
    if ((counted && (!whole || (timed && number != 0))) || (!counted && (!timed || !seconds))) {
      auto finding = diag::IncrementKey(made.columns.front().name, "LOOKBACK does not fit it")
                         .at(written.span)
                         .with_help(timed ? "say a time such as LOOKBACK 10 MINUTES, or LOOKBACK 0 VALUES"
                                          : "say a number such as LOOKBACK 1000 VALUES");
      analyze::suggest_unit(finding, written, timed ? analyze::kTimeUnits : std::vector<std::string>{"VALUES"});
      sink.emit(std::move(finding));
      return;
    }
    if (counted) made.lookback_values = number;
    if (counted) return;
    constexpr std::int64_t kDay = 86400;
    made.lookback = types::Interval{0, *seconds / kDay, *seconds % kDay * 1000000};
  }

  [[nodiscard]] bool is_unique(const plan::KeyIncrement& made) const {
    const auto covers = [&](const std::vector<std::string>& columns) {
      return !columns.empty() && std::all_of(columns.begin(), columns.end(), [&](const std::string& name) {
        return std::any_of(made.columns.begin(), made.columns.end(),
                           [&](const types::Column& column) { return column.name == name && !column.nullable; });
      });
    };
    if (covers(own().primary_key.columns)) return true;
    return std::any_of(own().indexes.begin(), own().indexes.end(), [&](const types::Index& index) {
      std::vector<std::string> names;
      for (const types::IndexColumn& column : index.columns) names.push_back(column.name);
      return index.unique && index.special.empty() && covers(names);
    });
  }

  Context& context_;
  SyncWork& sync_;
  Work& work_;
};

}  // namespace

void decide_later_loads(Work& work) {
  const plan::Load first = work.first();
  for (plan::Load& load : work.plan.loads) {
    load.staging = first.staging;
    if (&load == &work.first()) continue;
    switch (load.mode) {
      case WriteMode::append:
        load.publish = Publish::insert;
        load.action = plan::Action::append;
        break;
      case WriteMode::upsert:
        load.publish = Publish::merge;
        load.action = plan::Action::merge;
        break;
      default:
        load.publish = Publish::partition;
        load.action = plan::Action::replace;
        break;
    }
  }
}

void plan_conditions(Context& context, SyncWork& sync, Work& work) {
  Conditions(context, sync, work).run();
}

namespace {

void settle_instance(plan::Load& load) {
  const expr::Environment instance = plan::instance_environment({}, load);
  load.filter = expr::fold(load.filter, instance);
  for (auto& [name, value] : load.native_binds) value = expr::fold(value, instance);
  if (load.covers) load.covers->from = expr::fold(load.covers->from, instance);
  if (load.covers) load.covers->to = expr::fold(load.covers->to, instance);
  for (expr::ExprPtr& value : load.partition) value = expr::fold(value, instance);
}

}  // namespace

void settle_instances(Work& work) {
  for (plan::Load& load : work.plan.loads) settle_instance(load);
  if (work.plan.specimen) settle_instance(*work.plan.specimen);
}

void plan_partitions(Context& context, SyncWork& sync, Work& work) {
  if (!work.policy.partition) return;
  const auto& written = work.policy.partition->value.partition_columns;
  plan::Partitioning made;
  for (const ast::PartitionColumn& column : written) {
    const Draft* draft = work.draft_named(column.name.text);
    made.columns.push_back(draft != nullptr ? draft->name : column.name.text);
  }
  for (plan::Load& load : work.plan.loads) {
    const ast::LoadPhase* phase = phase_of(work, load);
    diag::Sink local;
    for (const ast::PartitionColumn& column : written) {
      const ast::Expr* value = column.value.get();
      if (phase != nullptr) {
        for (const ast::Assignment& own : phase->into_partition) {
          if (text::ascii_iequals(own.name.text, column.name.text)) value = own.value.get();
        }
      }
      const auto typed = analyze::type_expression(*value, row_scope(context, sync, work, expr::Phase::row), local);
      if (typed) load.partition.push_back(typed);
    }
    const bool by_row = std::any_of(load.partition.begin(), load.partition.end(),
                                    [](const expr::ExprPtr& value) { return value->phase == expr::Phase::row; });
    if (by_row) load.partition.clear();
    context.script.route(local, work.policy.partition->origin.span, sync.bound->name, work);
  }
  work.plan.partitioning = std::move(made);
}

}  // namespace syncline::planner
