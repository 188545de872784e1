#include <algorithm>
#include <map>

#include "compiler/diag/render_parts.h"
#include "stdlib/base/text.h"

namespace syncline::diag {

namespace {

constexpr std::string_view kReset = "\x1b[0m";
constexpr std::string_view kBlue = "\x1b[1;34m";
constexpr std::string_view kBold = "\x1b[1m";

std::string_view severity_color(Severity severity) {
  if (severity == Severity::error) return "\x1b[1;31m";
  return severity == Severity::warning ? "\x1b[1;33m" : "\x1b[1;36m";
}

std::string colored(std::string_view text, std::string_view color, bool on) {
  return on ? fmt::format("{}{}{}", color, text, kReset) : std::string(text);
}

/// Tabs count as one blank, so that underlines stand below what they mean.
std::string shown(std::string_view source_text) {
  std::string spaced(source_text);
  std::replace(spaced.begin(), spaced.end(), '\t', ' ');
  return text::printable(spaced);
}

struct Mark {
  std::size_t column = 0;  ///< display columns before it
  std::size_t width = 1;
  const Label* label = nullptr;
};

/// The part of a label that lies on its first line.
Mark mark_of(const Label& label, const source::SourceSet& sources) {
  const std::string_view whole = sources.text(label.span.source);
  const std::size_t begin = std::min<std::size_t>(label.span.begin, whole.size());
  const std::size_t line_break = begin == 0 ? std::string_view::npos : whole.rfind('\n', begin - 1);
  const std::size_t line_begin = line_break == std::string_view::npos ? 0 : line_break + 1;
  const std::size_t line_end = std::min(whole.find('\n', begin), whole.size());
  const std::size_t end = std::clamp<std::size_t>(label.span.end, begin, std::max(begin, line_end));
  Mark mark;
  mark.column = text::display_width(shown(whole.substr(line_begin, begin - line_begin)));
  mark.width = std::max<std::size_t>(1, text::display_width(shown(whole.substr(begin, end - begin))));
  mark.label = &label;
  return mark;
}

std::string underline(const Mark& mark, const HumanStyle& style, Severity severity) {
  const bool primary = mark.label->primary;
  std::string line(mark.column, ' ');
  std::string marks(mark.width, primary ? '^' : '-');
  if (!mark.label->text.empty()) marks += " " + text::printable(mark.label->text);
  return line + colored(marks, primary ? severity_color(severity) : kBlue, style.color);
}

struct Excerpt {
  std::map<std::uint32_t, std::vector<Mark>> lines;  ///< by line number
};

/// Excerpts by source; the primary label's source first.
std::vector<std::pair<source::SourceId, Excerpt>> excerpts(const Diagnostic& one, const source::SourceSet& sources) {
  std::vector<std::pair<source::SourceId, Excerpt>> made;
  for (const Label& label : one.labels) {
    if (label.span.source == 0) continue;
    auto found = std::find_if(made.begin(), made.end(), [&](const auto& pair) { return pair.first == label.span.source; });
    if (found == made.end()) found = made.insert(made.end(), {label.span.source, Excerpt{}});
    found->second.lines[sources.position(label.span.source, label.span.begin).line].push_back(mark_of(label, sources));
  }
  for (auto& [source, excerpt] : made) {
    for (auto& [line, marks] : excerpt.lines) {
      std::stable_sort(marks.begin(), marks.end(), [](const Mark& a, const Mark& b) { return a.column < b.column; });
    }
  }
  return made;
}

class Writer {
 public:
  Writer(const Diagnostic& one, const source::SourceSet& sources, const HumanStyle& style)
      : one_(one), sources_(sources), style_(style), excerpts_(excerpts(one, sources)) {
    for (const auto& [source, excerpt] : excerpts_) {
      if (!excerpt.lines.empty()) gutter_ = std::max(gutter_, fmt::format("{}", excerpt.lines.rbegin()->first).size());
    }
  }

  std::string write() {
    header();
    for (const auto& [source, excerpt] : excerpts_) place_and_lines(source, excerpt);
    facts();
    return out_;
  }

 private:
  void header() {
    const std::string title = fmt::format("{}[{}]", to_string(one_.severity), info(one_.code).text);
    out_ += colored(title, severity_color(one_.severity), style_.color);
    out_ += colored(": " + parts::one_line(one_.message), kBold, style_.color) + "\n";
  }

  std::string margin(std::string_view number, std::string_view bar) const {
    return colored(fmt::format("{:>{}} {}", number, gutter_, bar), kBlue, style_.color);
  }

  void place_and_lines(source::SourceId source, const Excerpt& excerpt) {
    out_ += std::string(gutter_, ' ') + colored("--> ", kBlue, style_.color) + place(source) + "\n";
    out_ += margin("", "|") + "\n";
    std::uint32_t previous = 0;
    for (const auto& [line, marks] : excerpt.lines) {
      if (previous != 0 && line > previous + 1) out_ += colored("...", kBlue, style_.color) + "\n";
      out_ += margin(fmt::format("{}", line), "|") + " " + shown(sources_.line(source, line)) + "\n";
      for (const Mark& mark : marks) out_ += margin("", "|") + " " + underline(mark, style_, one_.severity) + "\n";
      previous = line;
    }
  }

  /// The primary label's place, or the first label's in a source without one.
  std::string place(source::SourceId source) const {
    const auto here = [source](const Label& label) { return label.span.source == source; };
    const auto found = std::find_if(one_.labels.begin(), one_.labels.end(), here);
    const source::Position position = sources_.position(source, found->span.begin);
    return fmt::format("{}:{}:{}", text::printable(sources_.name(source)), position.line, position.column);
  }

  void facts() {
    const std::string margin_text = std::string(gutter_ + 1, ' ') + colored("=", kBlue, style_.color) + " ";
    for (const std::string& fact : parts::facts(one_)) out_ += margin_text + fact + "\n";
  }

  const Diagnostic& one_;
  const source::SourceSet& sources_;
  const HumanStyle& style_;
  std::vector<std::pair<source::SourceId, Excerpt>> excerpts_;
  std::size_t gutter_ = 1;
  std::string out_;
};

std::string render_short(const Diagnostic& one, const source::SourceSet& sources, const HumanStyle& style) {
  std::string place;
  if (!one.labels.empty() && one.labels.front().span.source != 0) {
    const source::Span& span = one.labels.front().span;
    const source::Position position = sources.position(span.source, span.begin);
    place = fmt::format("{}:{}:{}: ", text::printable(sources.name(span.source)), position.line, position.column);
  }
  const std::string title = fmt::format("{}[{}]", to_string(one.severity), info(one.code).text);
  return place + colored(title, severity_color(one.severity), style.color) + ": " + parts::one_line(one.message) + "\n";
}

std::string counted(std::size_t count, std::string_view what) {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

}  // namespace

std::string render_human(const Diagnostic& diagnostic, const source::SourceSet& sources, const HumanStyle& style) {
  return style.short_form ? render_short(diagnostic, sources, style) : Writer(diagnostic, sources, style).write();
}

std::string render_human(const Sink& sink, const source::SourceSet& sources, const HumanStyle& style) {
  std::string out;
  for (const Diagnostic& one : sink.all()) out += render_human(one, sources, style) + (style.short_form ? "" : "\n");
  std::string sum;
  if (sink.errors() > 0) sum = counted(sink.errors(), "error");
  if (sink.warnings() > 0) sum += (sum.empty() ? "" : ", ") + counted(sink.warnings(), "warning");
  if (sink.suppressed() > 0) sum += (sum.empty() ? "" : ", ") + counted(sink.suppressed(), "finding") + " suppressed";
  return sum.empty() ? out : out + sum + "\n";
}

}  // namespace syncline::diag
