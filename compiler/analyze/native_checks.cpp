#include "compiler/analyze/native_checks.h"

#include <optional>

#include "compiler/analyze/parameters.h"
#include "stdlib/base/text.h"

namespace syncline::analyze {
namespace {

std::vector<std::string> known_names(const Context& context) {
  std::vector<std::string> names = predeclared_names();
  for (const auto& entry : context.unit.parameters) names.push_back(entry.first);
  return names;
}

void check_bind(Context& context, const NativePlace& place, const connectors::NativeBind& bind) {
  const source::Span span = place.inside(bind.begin, bind.end);
  context.used_params.insert(bind.name);
  const auto found = context.unit.parameters.find(bind.name);
  if (found != context.unit.parameters.end() && !found->second.secret_reference.empty()) {
    return context.sink.emit(diag::SecretUse(bind.name, place.what).at(span).also(found->second.span, "a SECRET"));
  }
  if (found != context.unit.parameters.end() || is_predeclared(bind.name) || context.incomplete) return;
  context.sink.emit(unknown_parameter(bind.name, span, known_names(context)));
}

/// `${bizdate}` and `{{bizdate}}`: template marks of other tools, which are plain text here.
std::optional<std::string> interpolation(const std::string& text) {
  for (const auto& [open, close] : {std::pair<std::string, std::string>("${", "}"), {"{{", "}}"}, {"$[", "]"}}) {
    const std::size_t begin = text.find(open);
    const std::size_t end = begin == std::string::npos ? begin : text.find(close, begin + open.size());
    if (end != std::string::npos && end - begin < 100) return text.substr(begin, end + close.size() - begin);
  }
  return std::nullopt;
}

std::string inner_name(const std::string& mark) {
  std::string name;
  for (const char c : mark) {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_') name += c;
  }
  return name;
}

}  // namespace

void warn_interpolation(Context& context, const std::string& text, const source::Span& span) {
  const auto mark = interpolation(text);
  if (!mark) return;
  const auto meant = text::did_you_mean(inner_name(*mark), known_names(context));
  context.sink.emit(diag::NotInterpolated(*mark).at(span).with_help(meant ? "did you mean `:" + *meant + "`, outside the quotes?"
                                                                          : "use a PARAM: `:name`, outside the quotes"));
}

source::Span NativePlace::inside(std::size_t begin, std::size_t end) const {
  const std::size_t whole = span.end - span.begin;
  const std::size_t border = whole > text.size() ? (whole - text.size()) / 2 : 0;
  const auto base = span.begin + static_cast<std::uint32_t>(border);
  return {span.source, base + static_cast<std::uint32_t>(begin), base + static_cast<std::uint32_t>(end)};
}

void report_problems(Context& context, const NativePlace& place, const connectors::NativeText& fenced) {
  for (const auto& problem : fenced.problems) {
    const source::Span span = place.inside(problem.begin, problem.end);
    auto finding = diag::NativeText(problem.what).at(span);
    if (!problem.help.empty()) std::move(finding).with_help(problem.help);
    if (problem.removable) std::move(finding).with_fix({span, "", "drop it", true});
    context.sink.emit(std::move(finding));
  }
}

void check_binds(Context& context, const NativePlace& place, const connectors::NativeText& fenced) {
  for (const auto& bind : fenced.binds) check_bind(context, place, bind);
}

}  // namespace syncline::analyze
