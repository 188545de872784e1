#include <algorithm>

#include "compiler/analyze/clause_checks.h"
#include "compiler/analyze/expression_walk.h"
#include "compiler/analyze/native_checks.h"
#include "compiler/analyze/patterns.h"
#include "compiler/analyze/types.h"
#include "compiler/bound/expression_text.h"
#include "connectors/api/native_text.h"
#include "stdlib/base/text.h"

namespace syncline::analyze {
namespace {

using ast::Clause;
using ast::ClauseKind;

class Checker {
 public:
  Checker(Context& context, const Place& place) : context_(context), place_(place) {
    scope_.unit = &context.unit;
    scope_.source_engine = place.sync.source->engine;
    scope_.target_engine = place.sync.target->engine;
  }

  void run(const Clause& clause) {
    for (const auto& item : clause.naming) check_text(*item.value, "NAMING");
    for (const auto& rule : clause.columns) column_rule(rule);
    for (const auto& column : clause.partition_columns) partition_column(column);
    for (const auto& item : clause.create) create_item(item);
    if (clause.condition) condition(*clause.condition);
    for (const auto& phase : clause.phases) load_phase(phase);
  }

 private:
  [[nodiscard]] Scope scope(expr::Phase latest, const char* what) const {
    Scope scope = scope_;
    scope.latest = latest;
    scope.when = latest == expr::Phase::plan ? "the plan is made" : "a run starts";
    scope.what = what;
    return scope;
  }

  expr::ExprPtr type(const ast::Expr& written, expr::Phase latest, const char* what) {
    return type_expression(written, scope(latest, what), context_.sink);
  }

  /// A name or comment: a text, known when the plan is made.
  void check_text(const ast::Expr& written, const char* what) {
    const auto typed = type(written, expr::Phase::plan, what);
    if (!typed || typed->type == expr::Type::string || typed->type == expr::Type::null) return;
    context_.sink.emit(diag::OperandType(std::string(what) + " needs a text, `" + bound::to_text(written) + "` is " +
                                         expr::to_string(typed->type))
                           .at(written.span)
                           .with_help("use to_string(…) or format(…)"));
  }

  void column_rule(const ast::ColumnRule& rule) {
    using Kind = ast::ColumnRule::Kind;
    check_segment(rule.columns, context_.sink);
    if (rule.type) written_type(*rule.type);
    switch (rule.kind) {
      case Kind::rename:
        if (rule.value->kind != ast::ExprKind::path || rule.value->path.size() != 1) check_text(*rule.value, "RENAME");
        return;
      case Kind::set:
      case Kind::add:
        type(*rule.value, expr::Phase::row, "this column");
        return;
      case Kind::mask:
        return mask(*rule.value);
      default:
        return;
    }
  }

  void mask(const ast::Expr& call) {
    Scope where = scope(expr::Phase::row, "MASK");
    where.mask = true;
    type_expression(call, where, context_.sink);
  }

  /// Native types of the target are judged by its mapping when the plan is made.
  void written_type(const ast::TypeRef& type) { logical_type(type, place_.sync.target->engine->name, context_.sink); }

  void partition_column(const ast::PartitionColumn& column) {
    written_type(column.type);
    type(*column.value, expr::Phase::row, "PARTITION BY");
  }

  void create_item(const ast::CreateItem& item) {
    if (item.comment) check_text(*item.comment, "COMMENT");
    if (item.kind != ast::CreateItem::Kind::native) return;
    const auto fenced = connectors::fence(item.native_text, place_.sync.target->engine->lexical);
    for (const auto& problem : fenced.problems) context_.sink.emit(diag::NativeText(problem.what).at(item.span));
    for (const auto& bind : fenced.binds) {
      context_.sink.emit(diag::NativeText("uses `:" + bind.name + "`, which CREATE TABLE cannot take").at(item.span));
    }
  }

  void condition(const ast::Condition& condition) {
    if (condition.native_engine) return check_native(context_, place_.sync, condition);
    if (!condition.portable) return;
    Scope where = scope(expr::Phase::row, "a condition");
    where.pushed_to = place_.sync.source->engine;
    const auto typed = type_expression(*condition.portable, where, context_.sink);
    if (!typed || typed->type == expr::Type::boolean || typed->type == expr::Type::null) return;
    context_.sink.emit(diag::ConditionType(expr::to_string(typed->type)).at(condition.portable->span));
  }

  void load_phase(const ast::LoadPhase& phase) {
    for (const auto& assignment : phase.into_partition) type(*assignment.value, expr::Phase::run, "INTO PARTITION");
    if (!phase.where) return;
    condition(*phase.where);
    if (phase.where->covers_from) type(*phase.where->covers_from, expr::Phase::run, "COVERS");
    if (phase.where->covers_to) type(*phase.where->covers_to, expr::Phase::run, "COVERS");
  }

  Context& context_;
  const Place& place_;
  Scope scope_;
};

std::string join(const std::vector<std::string>& names) {
  return text::sample_list(names, 5);
}

}  // namespace

void check_native(Context& context, const bound::Sync& sync, const ast::Condition& condition) {
  const std::string& engine = sync.source->plan.engine;
  if (condition.native_engine->text != engine) {
    return context.sink.emit(diag::NativeEngine(condition.native_engine->text, engine)
                                 .at(condition.native_engine->span)
                                 .did_you_mean(condition.native_engine->text, {engine})
                                 .also(sync.source->span, "the source"));
  }
  const auto fenced = connectors::fence(condition.native_text, sync.source->engine->lexical);
  const NativePlace place{condition.native_text, condition.native_span, "a condition"};
  report_problems(context, place, fenced);
  check_binds(context, place, fenced);
  warn_interpolation(context, condition.native_text, condition.native_span);
}

void check_captures(Context& context, const bound::Sync& sync, const Clause& clause) {
  walk(clause, [&](const ast::Expr& part) {
    if (part.kind != ast::ExprKind::path || part.path.size() != 2 || part.path[0].text != "match") return;
    for (const bound::Pattern& pattern : sync.include) {
      const auto captured = captures_of(pattern);
      if (captured.count(part.path[1].text) != 0) continue;
      std::vector<std::string> others(captured.begin(), captured.end());
      auto finding = diag::CaptureMissing(part.path[1].text, bound::to_text(pattern))
                         .at(part.span)
                         .also(pattern.span, "captures " + (others.empty() ? "nothing" : join(others)));
      for (std::string& other : others) other = "match." + other;
      std::move(finding).did_you_mean("match." + part.path[1].text, others);
      if (finding.help.empty()) std::move(finding).with_help("name the group in every pattern: (?P<" + part.path[1].text + ">…)");
      return context.sink.emit(std::move(finding));
    }
  });
}

void check_expressions(Context& context, const Place& place, const Clause& clause) {
  walk(clause, [&](const ast::Expr& part) {
    if (part.kind == ast::ExprKind::parameter) context.used_params.insert(part.text);
    if (part.kind == ast::ExprKind::string) warn_interpolation(context, part.text, part.span);
  });
  Checker(context, place).run(clause);
  check_captures(context, place.sync, clause);
}

}  // namespace syncline::analyze
