#include "compiler/source/source.h"

#include <algorithm>

namespace syncline::source {

namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

std::vector<std::uint32_t> starts_of_lines(std::string_view text) {
  std::vector<std::uint32_t> starts{0};
  for (std::size_t at = text.find('\n'); at != std::string_view::npos; at = text.find('\n', at + 1))
    starts.push_back(static_cast<std::uint32_t>(at + 1));
  return starts;
}

bool continues_character(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U;
}

}  // namespace

Span join(const Span& first, const Span& last) {
  if (first.source == 0) return last;
  if (last.source == 0) return first;
  return Span{first.source, std::min(first.begin, last.begin), std::max(first.end, last.end)};
}

SourceId SourceSet::add(std::string name, std::string text) {
  File file;
  file.name = std::move(name);
  file.line_starts = starts_of_lines(text);
  file.text = std::move(text);
  files_.push_back(std::move(file));
  return static_cast<SourceId>(files_.size());
}

const std::string& SourceSet::name(SourceId source) const {
  static const std::string nowhere;
  return source == 0 || source > files_.size() ? nowhere : files_[source - 1].name;
}

std::string_view SourceSet::text(SourceId source) const {
  return source == 0 || source > files_.size() ? std::string_view{} : std::string_view(files_[source - 1].text);
}

std::string_view SourceSet::slice(const Span& span) const {
  const std::string_view whole = text(span.source);
  if (span.begin >= whole.size() || span.end <= span.begin) return {};
  return whole.substr(span.begin, span.end - span.begin);
}

Position SourceSet::position(SourceId source, std::uint32_t offset) const {
  if (source == 0 || source > files_.size()) return {};
  const File& file = files_[source - 1];
  const auto after = std::upper_bound(file.line_starts.begin(), file.line_starts.end(), offset);
  const std::uint32_t start = *(after - 1);
  const auto end = std::min<std::size_t>(offset, file.text.size());
  std::uint32_t column = 1;
  const std::size_t first = start == 0 && file.text.rfind(kByteOrderMark, 0) == 0 ? kByteOrderMark.size() : start;
  for (std::size_t at = first; at < end; ++at) column += continues_character(file.text[at]) ? 0 : 1;
  return Position{static_cast<std::uint32_t>(after - file.line_starts.begin()), column};
}

std::string_view SourceSet::line(SourceId source, std::uint32_t line) const {
  if (source == 0 || source > files_.size() || line == 0) return {};
  const File& file = files_[source - 1];
  if (line > file.line_starts.size()) return {};
  const std::size_t begin = file.line_starts[line - 1];
  std::string_view rest = std::string_view(file.text).substr(begin);
  rest = rest.substr(0, rest.find('\n'));
  if (!rest.empty() && rest.back() == '\r') rest.remove_suffix(1);
  return rest;
}

std::size_t SourceSet::size() const {
  return files_.size();
}

}  // namespace syncline::source
