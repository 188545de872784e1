#pragma once
#include "compiler/analyze/context.h"
#include "connectors/api/native_text.h"

/// What is said about native text, whether it is a condition or a statement.
namespace syncline::analyze {

/// A text between dollars: `span` is that of the whole token.
struct NativePlace {
  const std::string& text;
  source::Span span;
  const char* what;  ///< what a SECRET may not reach: "a condition"

  /// A byte range of the text in its script.
  [[nodiscard]] source::Span inside(std::size_t begin, std::size_t end) const;
};

/// SY6002 for each problem of the fence.
void report_problems(Context& context, const NativePlace& place, const connectors::NativeText& fenced);
/// SY1021 and SY6007 for the names that it binds; marks them as used.
void check_binds(Context& context, const NativePlace& place, const connectors::NativeText& fenced);
/// SY6003 for `${bizdate}` and the like.
void warn_interpolation(Context& context, const std::string& text, const source::Span& span);

/// A hook: on the target, one fenced statement, names that exist (hook_checks.cpp).
void check_hook(Context& context, const bound::Sync& sync, const ast::Clause& clause);

}  // namespace syncline::analyze
