#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace syncline::source {

/// Index of a text in a SourceSet. 0 is "no source" (a diagnostic about a connection, say).
using SourceId = std::uint32_t;

/// A half-open byte range of one source. Empty with source 0: nowhere.
struct Span {
  SourceId source = 0;
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  bool operator==(const Span&) const = default;
};
Span join(const Span& first, const Span& last);

struct Position {
  std::uint32_t line = 0;    ///< from 1
  std::uint32_t column = 0;  ///< from 1, in characters (code points); a byte order mark is none
};

/// Every text of a compilation: script files, the prelude, mapping files. Texts never move or change once added.
class SourceSet {
 public:
  /// Adds a text under a display name (path relative to the project folder, "<prelude>", "<stdlib mysql>").
  SourceId add(std::string name, std::string text);
  [[nodiscard]] const std::string& name(SourceId source) const;
  [[nodiscard]] std::string_view text(SourceId source) const;
  [[nodiscard]] std::string_view slice(const Span& span) const;
  [[nodiscard]] Position position(SourceId source, std::uint32_t offset) const;
  [[nodiscard]] std::string_view line(SourceId source, std::uint32_t line) const;  ///< without line end
  [[nodiscard]] std::size_t size() const;

 private:
  struct File {
    std::string name;
    std::string text;
    std::vector<std::uint32_t> line_starts;
  };
  std::vector<File> files_;
};

}  // namespace syncline::source
