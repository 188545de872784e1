#include "compiler/analyze/native_checks.h"
#include "compiler/analyze/policy.h"

namespace syncline::analyze {
namespace {

constexpr std::string_view kTargetTable = "target.table";

void check_object(Context& context, const bound::Hook& hook, const source::Span& span, const std::string& name) {
  if (name == kTargetTable && !hook.of_run) return;
  auto finding = diag::NativeText("names `{" + name + "}`").at(span);
  if (name == kTargetTable) {
    std::move(finding).with_help("a run has no table of its own: write the name, or a hook " +
                                 std::string(hook.before ? "BEFORE" : "AFTER") + " TABLE");
  } else {
    std::move(finding).with_help(
        "`{target.table}` is the only name that is put in, quoted and in full; values are bound: `:name`");
  }
  context.sink.emit(std::move(finding));
}

}  // namespace

void check_hook(Context& context, const bound::Sync& sync, const ast::Clause& clause) {
  const bound::Hook hook = hook_of(clause, {});
  if (hook.on_source) {
    return context.sink.emit(diag::HookOnSource(hook.when)
                                 .at(clause.keyword)
                                 .also(sync.source->span, "the source")
                                 .with_help("write it ON TARGET; what the source needs is done by its own owner"));
  }
  const auto fenced = connectors::fence_statement(hook.text, sync.target->engine->lexical);
  const NativePlace place{hook.text, hook.text_span, "a hook"};
  report_problems(context, place, fenced);
  check_binds(context, place, fenced);
  for (const auto& object : fenced.objects) check_object(context, hook, place.inside(object.begin, object.end), object.name);
  warn_interpolation(context, hook.text, hook.text_span);
}

}  // namespace syncline::analyze
