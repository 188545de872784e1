#include "compiler/diag/render_parts.h"

namespace syncline::diag {

namespace {

/// What stands behind `::`. The runner reads commands line by line and undoes these escapes.
std::string command_data(std::string_view text) {
  std::string made;
  for (const char c : text) {
    if (c == '%' || c == '\r' || c == '\n') {
      made += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    } else {
      made += c;
    }
  }
  return made;
}

std::string command_property(std::string_view text) {
  std::string made;
  for (const char c : command_data(text)) made += c == ':' ? "%3A" : c == ',' ? "%2C" : std::string(1, c);
  return made;
}

/// Columns only on one line: the runner refuses them where line and endLine differ.
std::string command_place(const Label& label, const Report& report) {
  const parts::Region region = parts::region(label.span, report.sources);
  std::string made = fmt::format("file={},line={}", command_property(parts::one_line(parts::path(label.span.source, report))),
                                 region.begin.line);
  if (region.on_one_line()) made += fmt::format(",col={}", region.begin.column);
  made += fmt::format(",endLine={}", region.end.line);
  if (region.on_one_line()) made += fmt::format(",endColumn={}", region.end.column);
  return made + ",";
}

}  // namespace

std::string render_github(const Report& report) {
  std::string out;
  for (const Diagnostic& one : report.sink.all()) {
    const Label* label = parts::place(one, report.sources);
    out += fmt::format("::{} {}title={}::{}\n", one.severity == Severity::info ? "notice" : to_string(one.severity),
                       label == nullptr ? "" : command_place(*label, report), info(one.code).text,
                       command_data(parts::whole_message(one, "\n")));
  }
  return out;
}

}  // namespace syncline::diag
