#include "compiler/planner/hooks.h"

#include <algorithm>

#include "compiler/planner/columns.h"
#include "connectors/api/native_text.h"

namespace syncline::planner {
namespace {

/// Values that only the run has stay names, those of an instance too: each load has its own.
plan::Hook planned(const bound::Hook& hook, const connectors::EngineInfo& target, const analyze::Scope& scope, diag::Sink& sink) {
  plan::Hook made;
  made.when = hook.when;
  made.text = hook.text;
  for (const connectors::NativeBind& bind : connectors::fence_statement(hook.text, target.lexical).binds) {
    const auto known = [&](const auto& one) { return one.first == bind.name; };
    if (std::any_of(made.binds.begin(), made.binds.end(), known)) continue;
    ast::Expr written;
    written.kind = ast::ExprKind::parameter;
    written.text = bind.name;
    written.span = hook.text_span;
    if (auto value = analyze::type_expression(written, scope, sink)) made.binds.emplace_back(bind.name, std::move(value));
  }
  return made;
}

}  // namespace

void plan_hooks(Context& context, SyncWork& sync) {
  diag::Sink found;
  for (const bound::Hook& hook : sync.bound->policy.hooks) {
    if (!hook.of_run) continue;
    analyze::Scope scope;
    scope.unit = &context.unit;
    scope.latest = expr::Phase::run;
    scope.per_instance = true;
    (hook.before ? sync.plan.before : sync.plan.after).push_back(planned(hook, *sync.target.engine, scope, found));
  }
  for (const diag::Diagnostic& one : found.all()) context.script.emit(one);
  for (Work& work : sync.tables) {
    for (const bound::Hook& hook : work.policy.hooks) {
      if (hook.of_run) continue;
      diag::Sink local;
      plan::Hook made = planned(hook, *sync.target.engine, row_scope(context, sync, work, expr::Phase::run), local);
      context.script.route(local, hook.text_span, sync.bound->name, work);
      (hook.before ? work.plan.before : work.plan.after).push_back(std::move(made));
    }
  }
}

}  // namespace syncline::planner
