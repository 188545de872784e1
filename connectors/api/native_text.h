#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "connectors/api/engine.h"

/// The fence around NATIVE text: one tokeniser for every engine, driven by its lexical rules (DECISIONS 30, 31).
namespace syncline::connectors {

/// Why a native text is refused: a byte range of the text, what it is ("contains `;`") and what to do (may be empty).
struct NativeProblem {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::string what;
  std::string help;
  bool removable = false;  ///< dropping the range mends the text (a leading WHERE)
};

/// A `:name` outside strings, quoted names and comments. The range covers the colon.
struct NativeBind {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::string name;
};

struct NativeText {
  std::vector<NativeProblem> problems;  ///< by position
  std::vector<NativeBind> binds;        ///< by position; a name may stand several times
  std::vector<NativeBind> objects;  ///< `{target.table}` outside strings, quoted names and comments, with its braces; hooks only
};

/// Reads one balanced expression: no `;`, comment, `?`, `$1`, assignment or word of a writing statement; every quote and bracket
/// is closed. Sub-queries are allowed. `::` is a cast. Never throws; works on any bytes.
NativeText fence(std::string_view text, const LexicalRules& rules);

/// The same fence around one whole statement (a hook): it may write, assign and lock, and name objects in braces.
NativeText fence_statement(std::string_view text, const LexicalRules& rules);

}  // namespace syncline::connectors
