#include <nlohmann/json.hpp>

#include "compiler/diag/render_parts.h"

namespace syncline::diag {

namespace {

using Ordered = nlohmann::ordered_json;

const char* gitlab_severity(Severity severity) {
  if (severity == Severity::error) return "major";
  return severity == Severity::warning ? "minor" : "info";
}

/// GitLab needs a path and a line: what stands nowhere is about the project as a whole.
Ordered gitlab_location(const Diagnostic& one, const Report& report) {
  const Label* label = parts::place(one, report.sources);
  if (label == nullptr) return Ordered{{"path", "."}, {"lines", {{"begin", 1}}}};
  const parts::Region region = parts::region(label->span, report.sources);
  return Ordered{{"path", parts::path(label->span.source, report)},
                 {"lines", {{"begin", region.begin.line}, {"end", region.end.line}}}};
}

}  // namespace

std::string render_gitlab(const Report& report) {
  const std::vector<std::string> fingerprints = parts::fingerprints(report);
  Ordered issues = Ordered::array();
  for (std::size_t at = 0; at < fingerprints.size(); ++at) {
    const Diagnostic& one = report.sink.all()[at];
    issues.push_back(Ordered{{"description", parts::whole_message(one, "\n")},
                             {"check_name", info(one.code).text},
                             {"fingerprint", fingerprints[at]},
                             {"severity", gitlab_severity(one.severity)},
                             {"location", gitlab_location(one, report)}});
  }
  return issues.dump(2, ' ', false, Ordered::error_handler_t::replace) + "\n";
}

}  // namespace syncline::diag
