#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// What fmt prints, before it is known where lines break: a tree of tokens, possible line breaks and groups that break as a
/// whole.
namespace syncline::ast {

struct PrintedComment {
  std::string text;
  bool own_line = false;      ///< stood alone on its line; otherwise inside one, before its token
  bool blank_before = false;  ///< an empty line stood before it
};

/// One word or mark of the script with the comments that travel with it.
struct PrintedToken {
  std::string text;
  std::vector<PrintedComment> before;
  std::vector<std::string> after;  ///< to the end of its line
  bool blank_before = false;       ///< an empty line stood between it and what is before it
};

struct Doc {
  enum class Kind : unsigned char {
    token,  ///< index into the tokens
    glue,   ///< text that is not in the script: a comma, a dot
    space,
    line,      ///< a space, or a line break when its group is broken
    soft,      ///< nothing, or a line break when its group is broken
    hard,      ///< a line break; breaks the groups around it
    trailing,  ///< a comma when its group is broken
    concat,
    indent,
    group
  };
  Kind kind = Kind::concat;
  std::size_t token = 0;
  std::string text;
  bool broken = false;  ///< group: always broken
  std::vector<Doc> parts;

  Doc& operator<<(Doc part) {
    parts.push_back(std::move(part));
    return *this;
  }
};

inline Doc of_kind(Doc::Kind kind) {
  Doc made;
  made.kind = kind;
  return made;
}
Doc glue(std::string text);
Doc group(Doc inner);
Doc indent(Doc inner);

/// Lays `doc` out in 120 columns from an empty line; ends without a line break.
std::string lay_out(Doc doc, const std::vector<PrintedToken>& tokens);

}  // namespace syncline::ast
