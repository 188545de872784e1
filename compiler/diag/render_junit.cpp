#include <map>

#include "compiler/diag/render_parts.h"
#include "stdlib/base/text.h"

namespace syncline::diag {

namespace {

constexpr std::string_view kWithoutFile = "(no file)";

/// Text or attribute value of XML 1.0. What it forbids even as a reference (most controls, U+FFFE, U+FFFF, no UTF-8) becomes a
/// visible escape.
std::string xml_text(std::string_view text) {
  std::string made;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    const std::string shown = text::printable(line);
    for (std::size_t at = 0; at < shown.size(); ++at) {
      const char c = shown[at];
      const std::string_view three = std::string_view(shown).substr(at, 3);
      if (three == "\xEF\xBF\xBE" || three == "\xEF\xBF\xBF") {
        made += three.back() == '\xBE' ? "\\u{fffe}" : "\\u{ffff}";
        at += 2;
        continue;
      }
      switch (c) {
        case '&':
          made += "&amp;";
          break;
        case '<':
          made += "&lt;";
          break;
        case '>':
          made += "&gt;";
          break;
        case '"':
          made += "&quot;";
          break;
        case '\'':
          made += "&apos;";
          break;
        default:
          made += c;
      }
    }
    if (line.size() < text.size()) made += '\n';
    text.remove_prefix(std::min(text.size(), line.size() + 1));
  }
  return made;
}

struct Case {
  std::string name;
  const Diagnostic* finding = nullptr;  ///< null: a file without one
};

struct Suite {
  std::vector<Case> cases;
  std::size_t failures = 0;
};

/// A service must show red exactly what made the step red: warnings fail only where `--deny warnings` says so.
bool fails(const Diagnostic& one, const Report& report) {
  return one.severity == Severity::error || (one.severity == Severity::warning && report.warnings_fail);
}

std::string case_name(const Diagnostic& one, const Report& report) {
  const std::string title = fmt::format("{} {}", info(one.code).text, info(one.code).name);
  const Label* label = parts::place(one, report.sources);
  if (label == nullptr) return title;
  const source::Position at = report.sources.position(label->span.source, label->span.begin);
  return fmt::format("{} in line {}, column {}", title, at.line, at.column);
}

/// By path. Every file that was read has a suite.
std::map<std::string, Suite> suites_of(const Report& report) {
  std::map<std::string, Suite> suites;
  for (source::SourceId id = 1; id <= report.sources.size(); ++id)
    if (parts::is_file(id, report.sources)) suites[parts::path(id, report)];
  std::map<std::string, std::map<std::string, std::size_t>> seen;
  for (const Diagnostic& one : report.sink.all()) {
    const Label* label = parts::place(one, report.sources);
    const std::string path = label == nullptr ? std::string(kWithoutFile) : parts::path(label->span.source, report);
    std::string name = case_name(one, report);
    if (const std::size_t count = ++seen[path][name]; count > 1) name += fmt::format(" ({})", count);
    suites[path].cases.push_back({name, &one});
    suites[path].failures += fails(one, report) ? 1 : 0;
  }
  for (auto& [path, suite] : suites)
    if (suite.cases.empty()) suite.cases.push_back({"no findings", nullptr});
  return suites;
}

std::string xml_case(const Case& one, const std::string& path, const Report& report) {
  std::string open =
      fmt::format("    <testcase classname=\"{}\" name=\"{}\"", xml_text(parts::one_line(path)), xml_text(one.name));
  if (path != kWithoutFile) open += fmt::format(" file=\"{}\"", xml_text(parts::one_line(path)));
  if (one.finding == nullptr) return open + "/>\n";
  if (const Label* label = parts::place(*one.finding, report.sources))
    open += fmt::format(" line=\"{}\"", report.sources.position(label->span.source, label->span.begin).line);
  const std::string body = xml_text(render_human(*one.finding, report.sources, {}));
  if (!fails(*one.finding, report)) return open + ">\n      <system-out>" + body + "</system-out>\n    </testcase>\n";
  return open + fmt::format(">\n      <failure type=\"{}\" message=\"{}\">{}</failure>\n    </testcase>\n",
                            to_string(one.finding->severity), xml_text(parts::one_line(one.finding->message)), body);
}

}  // namespace

std::string render_junit(const Report& report) {
  const std::map<std::string, Suite> suites = suites_of(report);
  std::size_t tests = 0, failures = 0;
  std::string body;
  for (const auto& [path, suite] : suites) {
    tests += suite.cases.size();
    failures += suite.failures;
    body += fmt::format("  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"0\" skipped=\"0\">\n",
                        xml_text(parts::one_line(path)), suite.cases.size(), suite.failures);
    for (const Case& one : suite.cases) body += xml_case(one, path, report);
    body += "  </testsuite>\n";
  }
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"syncline check\" tests=\"{}\" failures=\"{}\" "
      "errors=\"0\">\n{}</testsuites>\n",
      tests, failures, body);
}

}  // namespace syncline::diag
