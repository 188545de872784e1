#pragma once
#include "compiler/diag/diagnostic.h"

namespace syncline::diag {

/// A catalogue entry as a function of its typed arguments: `UnknownConnection("shpo").at(span)`.
template <class... Arguments>
struct Kind {
  Code code;
  Diagnostic operator()(const Arguments&... arguments) const {
    Diagnostic made;
    made.code = code;
    made.severity = info(code).severity;
    made.message = fmt::format(fmt::runtime(info(code).format), arguments...);
    return made;
  }
};

using Text = std::string_view;
using Count = std::uint64_t;

#define SYNCLINE_DIAGNOSTIC(code, severity, name, format, ...) inline constexpr Kind<__VA_ARGS__> name{Code::code};
#include "compiler/diag/diagnostics.def"
#undef SYNCLINE_DIAGNOSTIC

}  // namespace syncline::diag
