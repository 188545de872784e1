#include "compiler/analyze/windows.h"

#include <algorithm>

#include "compiler/analyze/expression_walk.h"
#include "compiler/analyze/parameters.h"
#include "compiler/bound/expression_text.h"
#include "connectors/api/native_text.h"
#include "stdlib/base/text.h"

namespace syncline::analyze {
namespace {

using ast::ExprKind;

const ast::ExprPtr& bare(const ast::ExprPtr& written) {
  const ast::ExprPtr* inner = &written;
  while ((*inner)->kind == ExprKind::parenthesized) inner = &(*inner)->args[0];
  return *inner;
}

bool is_column(const ast::Expr& e) {
  return e.kind == ExprKind::path && e.path.size() == 1;
}

bool has_column(const ast::Expr& e) {
  bool found = false;
  walk(e, [&](const ast::Expr& part) { found = found || is_column(part); });
  return found;
}

bool computed_per_instance(const expr::Expr& e) {
  if (e.op == expr::Op::parameter && is_instance_name(e.name)) return true;
  return std::any_of(e.args.begin(), e.args.end(), [](const expr::ExprPtr& one) { return computed_per_instance(*one); });
}

bool names_window(const bound::Unit& unit, const std::string& parameter) {
  if (is_instance_name(parameter)) return true;
  const auto found = unit.parameters.find(parameter);
  return found != unit.parameters.end() && found->second.computed && computed_per_instance(*found->second.computed);
}

std::string flipped(const std::string& comparison) {
  if (comparison == "<") return ">";
  if (comparison == "<=") return ">=";
  if (comparison == ">") return "<";
  if (comparison == ">=") return "<=";
  return comparison;
}

/// Reads the conjuncts of a portable condition.
class BoundsReader {
 public:
  explicit BoundsReader(const bound::Unit& unit) : unit_(unit) {}

  RowBounds read(const ast::ExprPtr& condition) {
    conjunct(condition);
    return std::move(bounds_);
  }

 private:
  void conjunct(const ast::ExprPtr& written) {
    const ast::ExprPtr& e = bare(written);
    if (e->kind == ExprKind::binary && e->text == "AND") {
      conjunct(e->args[0]);
      conjunct(e->args[1]);
    } else if (uses_window(unit_, *e)) {
      bound(e);
    }
  }

  void bound(const ast::ExprPtr& e) {
    if (e->kind == ExprKind::between && !e->negated) return between(e);
    if (e->kind == ExprKind::binary && e->text == "OR") return opaque(*e, "an OR");
    if (e->kind != ExprKind::binary || !is_bound(e->text))
      return opaque(*e, "`" + bound::to_text(*e) + "` is no bound of a column");
    comparison(e);
  }

  static bool is_bound(const std::string& comparison) {
    return comparison == "=" || comparison == "<" || comparison == "<=" || comparison == ">" || comparison == ">=";
  }

  void comparison(const ast::ExprPtr& e) {
    const ast::ExprPtr& left = bare(e->args[0]);
    const ast::ExprPtr& right = bare(e->args[1]);
    const bool flip = !is_column(*left);
    const ast::ExprPtr& column = flip ? right : left;
    const ast::ExprPtr& value = flip ? left : right;
    if (!is_column(*column) || has_column(*value)) return hidden(e);
    if (!names_column(column)) return;
    const std::string op = flip ? flipped(e->text) : e->text;
    if (op != "<" && op != "<=") lower(value, op != ">", e->span);
    if (op != ">" && op != ">=") upper(value, op != "<", e->span);
  }

  void between(const ast::ExprPtr& e) {
    const ast::ExprPtr& column = bare(e->args[0]);
    if (!is_column(*column) || has_column(*e->args[1]) || has_column(*e->args[2])) return hidden(e);
    if (!names_column(column)) return;
    lower(e->args[1], true, e->span);
    upper(e->args[2], true, e->span);
  }

  void lower(const ast::ExprPtr& value, bool included, const source::Span& at) {
    if (bounds_.lower) return opaque(at, "two lower bounds of `" + bounds_.column + "`");
    bounds_.lower = value;
    bounds_.lower_included = included;
    bounds_.lower_span = at;
  }

  void upper(const ast::ExprPtr& value, bool included, const source::Span& at) {
    if (bounds_.upper) return opaque(at, "two upper bounds of `" + bounds_.column + "`");
    bounds_.upper = value;
    bounds_.upper_included = included;
    bounds_.upper_span = at;
  }

  bool names_column(const ast::ExprPtr& column) {
    const std::string& name = column->path.front().text;
    if (bounds_.column.empty()) {
      bounds_.column = name;
      bounds_.compared = column;
    }
    const bool same = text::ascii_iequals(bounds_.column, name);
    if (!same) opaque(*column, "bounds of two columns, `" + bounds_.column + "` and `" + name + "`");
    return same;
  }

  void hidden(const ast::ExprPtr& e) {
    if (!bounds_.wrapped && has_column(*e)) bounds_.wrapped = e;
    opaque(*e,
           has_column(*e) ? "`" + bound::to_text(*e) + "` hides its column" : "`" + bound::to_text(*e) + "` compares no column");
  }

  void opaque(const ast::Expr& e, std::string why) { opaque(e.span, std::move(why)); }
  void opaque(const source::Span& at, std::string why) {
    if (bounds_.opaque) return;
    bounds_.opaque = true;
    bounds_.why = std::move(why);
    bounds_.why_span = at;
  }

  const bound::Unit& unit_;
  RowBounds bounds_;
};

RowBounds asserted_bounds(const ast::Condition& condition) {
  RowBounds bounds;
  bounds.column = condition.covers->text;
  bounds.lower = condition.covers_from;
  bounds.upper = condition.covers_to;
  bounds.lower_span = condition.covers_from->span;
  bounds.upper_span = condition.covers_to->span;
  bounds.asserted = true;
  return bounds;
}

RowBounds native_bounds(const ast::Condition& condition) {
  RowBounds bounds;
  bounds.opaque = true;
  bounds.why = "native text is not read";
  bounds.why_span = condition.native_span;
  return bounds;
}

std::vector<schedule::Schedule> schedules_of(const bound::Unit& unit, const bound::When& when) {
  std::vector<schedule::Schedule> schedules;
  for (const std::string& name : when.schedules) {
    const auto found = unit.timings.find(name);
    schedules.push_back(found == unit.timings.end() ? schedule::Schedule{} : found->second.schedule);
  }
  return schedules;
}

}  // namespace

schedule::Timetable timetable(const bound::Unit& unit, const bound::Policy& policy) {
  if (policy.when.value.kind != bound::When::Kind::recurring) return schedule::Timetable::daily(unit.timezone);
  return schedule::Timetable(schedules_of(unit, policy.when.value));
}

std::string zone_of(const bound::Unit& unit, const bound::Policy& policy) {
  for (const std::string& name : policy.when.value.schedules) {
    const auto found = unit.timings.find(name);
    if (found != unit.timings.end()) return found->second.schedule.zone;
  }
  return unit.timezone;
}

RowBounds row_bounds(const bound::Unit& unit, const ast::Condition& condition) {
  if (condition.covers) return asserted_bounds(condition);
  if (!condition.portable) return native_bounds(condition);
  return BoundsReader(unit).read(condition.portable);
}

bool uses_window(const bound::Unit& unit, const ast::Expr& expression) {
  bool found = false;
  walk(expression,
       [&](const ast::Expr& part) { found = found || (part.kind == ExprKind::parameter && names_window(unit, part.text)); });
  return found;
}

bool uses_window(const bound::Unit& unit, const ast::Condition& condition, const connectors::EngineInfo& source) {
  if (condition.portable) return uses_window(unit, *condition.portable);
  const auto fenced = connectors::fence(condition.native_text, source.lexical);
  return std::any_of(fenced.binds.begin(), fenced.binds.end(), [&](const auto& bind) { return names_window(unit, bind.name); });
}

bool partition_uses_window(const bound::Unit& unit, const bound::Policy& policy) {
  if (!policy.partition) return false;
  const auto& columns = policy.partition->value.partition_columns;
  return std::any_of(columns.begin(), columns.end(), [&](const auto& one) { return uses_window(unit, *one.value); });
}

const ast::LoadPhase* increment_of(const bound::Policy& policy) {
  if (!policy.load) return nullptr;
  for (const ast::LoadPhase& phase : policy.load->value.phases) {
    if (phase.kind == ast::LoadPhase::Kind::incremental) return &phase;
  }
  return nullptr;
}

}  // namespace syncline::analyze
