#include "compiler/diag/render_parts.h"

#include <algorithm>
#include <filesystem>
#include <map>

#include "stdlib/base/hash.h"
#include "stdlib/base/text.h"

namespace syncline::diag::parts {

namespace fs = std::filesystem;

namespace {

std::string without_blanks(std::string_view text) {
  std::string kept;
  for (const char c : text)
    if (c != ' ' && c != '\t' && c != '\r' && c != '\n') kept += c;
  return kept;
}

/// What makes a finding itself, wherever its line stands.
std::string identity(const Diagnostic& one, const Report& report) {
  std::vector<std::string> parts = {std::string(info(one.code).text), one.sync, one.table, one.column, one.connection};
  if (const Label* label = place(one, report.sources)) {
    const source::Position begin = report.sources.position(label->span.source, label->span.begin);
    parts.push_back(path(label->span.source, report));
    parts.push_back(without_blanks(report.sources.line(label->span.source, begin.line)));
    parts.push_back(without_blanks(report.sources.slice(label->span)));
  } else {
    parts.push_back(one.message);
  }
  std::string joined;
  for (const std::string& part : parts) joined += fmt::format("{}:{}", part.size(), part);
  return joined;
}

bool below(const fs::path& relative) {
  return !relative.empty() && *relative.begin() != "..";
}

}  // namespace

std::string one_line(std::string_view text) {
  std::string line;
  for (const char c : text) {
    const bool blank = c == '\n' || c == '\r' || c == '\t';
    if (!blank) line += c;
    if (blank && !line.empty() && line.back() != ' ') line += ' ';
  }
  while (!line.empty() && line.back() == ' ') line.pop_back();
  return text::printable(line);
}

std::vector<std::string> facts(const Diagnostic& one) {
  std::vector<std::string> lines;
  for (const std::string& note : one.notes) {
    const bool titled = note.rfind("found by:", 0) == 0;
    lines.push_back(one_line(titled ? note : "note: " + note));
  }
  const std::string fix = one.fixes.empty() ? "" : "   [fix: " + one.fixes.front().title + "]";
  for (std::size_t at = 0; at < one.help.size(); ++at)
    lines.push_back(one_line("help: " + one.help[at] + (at + 1 == one.help.size() ? fix : "")));
  if (one.help.empty() && !fix.empty()) lines.push_back(one_line("help: " + one.fixes.front().title));
  return lines;
}

std::string whole_message(const Diagnostic& one, std::string_view separator) {
  std::string whole = one_line(one.message);
  for (const std::string& fact : facts(one)) whole.append(separator).append(fact);
  return whole;
}

Region region(const source::Span& span, const source::SourceSet& sources) {
  return {sources.position(span.source, span.begin), sources.position(span.source, std::max(span.begin, span.end))};
}

bool is_file(source::SourceId source, const source::SourceSet& sources) {
  const std::string& name = sources.name(source);
  return !name.empty() && !(name.front() == '<' && name.back() == '>');
}

std::string path(source::SourceId source, const Report& report) {
  const fs::path name(report.sources.name(source));
  if (report.project_folder.empty() || report.working_folder.empty()) return name.generic_string();
  const fs::path whole = name.is_absolute() ? name : fs::path(report.project_folder) / name;
  const fs::path from_here = whole.lexically_normal().lexically_relative(report.working_folder);
  return (below(from_here) ? from_here : whole).generic_string();
}

std::string uri(const std::string& path) {
  std::string made = path.rfind('/', 0) == 0 ? "file://" : "";
  for (const char c : path) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       std::string_view("-._~/").find(c) != std::string_view::npos;
    made += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return made;
}

const Label* place(const Diagnostic& one, const source::SourceSet& sources) {
  const auto in_file = [&sources](const Label& label) { return is_file(label.span.source, sources); };
  const auto primary = [&](const Label& label) { return label.primary && in_file(label); };
  auto found = std::find_if(one.labels.begin(), one.labels.end(), primary);
  if (found == one.labels.end()) found = std::find_if(one.labels.begin(), one.labels.end(), in_file);
  return found == one.labels.end() ? nullptr : &*found;
}

std::vector<std::string> fingerprints(const Report& report) {
  std::map<std::string, std::size_t> seen;
  std::vector<std::string> made;
  for (const Diagnostic& one : report.sink.all()) {
    const std::string what = identity(one, report);
    made.push_back(hash::fast_hex(fmt::format("{}#{}", what, seen[what]++)));
  }
  return made;
}

}  // namespace syncline::diag::parts
