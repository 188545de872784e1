#include "connectors/sql/native_binds.h"

#include <algorithm>

#include "connectors/sql/condition_writer.h"

namespace syncline::connectors::sql {
namespace {

bool name_start(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
bool name_part(char c) {
  return name_start(c) || (c >= '0' && c <= '9');
}

/// Finds where quoted text, comments and names end, by the engine's rules.
class Scanner {
 public:
  Scanner(std::string_view text, const LexicalRules& rules) : text_(text), rules_(rules) {}

  /// End of the string, quoted name or comment that begins at `at`; `at` itself when none begins there.
  [[nodiscard]] std::size_t skip(std::size_t at) const {
    const char c = text_[at];
    if (c == '\'') return quoted(at, '\'', rules_.backslash_escapes || e_string(at));
    if (c == '"') return quoted(at, '"', rules_.double_quote_strings && rules_.backslash_escapes);
    if (c == '`' && rules_.backquote_names) return quoted(at, '`', false);
    if (c == '[' && rules_.bracket_names) return behind(text_.find(']', at), 1);
    if (c == '$' && rules_.dollar_quotes) return dollar(at);
    if ((c == '#' && rules_.hash_comments) || text_.substr(at, 2) == "--") return behind(text_.find('\n', at), 1);
    if (text_.substr(at, 2) == "/*") return comment(at);
    return at;
  }

 private:
  [[nodiscard]] std::size_t behind(std::size_t found, std::size_t length) const {
    return found == std::string_view::npos ? text_.size() : found + length;
  }

  [[nodiscard]] bool e_string(std::size_t at) const {
    return rules_.e_strings && at > 0 && (text_[at - 1] == 'E' || text_[at - 1] == 'e') && (at < 2 || !name_part(text_[at - 2]));
  }

  [[nodiscard]] std::size_t quoted(std::size_t at, char quote, bool backslash) const {
    for (std::size_t i = at + 1; i < text_.size(); ++i) {
      if (backslash && text_[i] == '\\') {
        ++i;
      } else if (text_[i] == quote) {
        if (i + 1 == text_.size() || text_[i + 1] != quote) return i + 1;
        ++i;
      }
    }
    return text_.size();
  }

  [[nodiscard]] std::size_t dollar(std::size_t at) const {
    std::size_t end = at + 1;
    if (end < text_.size() && !name_start(text_[end]) && text_[end] != '$') return at;
    while (end < text_.size() && name_part(text_[end])) ++end;
    if (end == text_.size() || text_[end] != '$') return at;
    const auto tag = text_.substr(at, end - at + 1);
    return behind(text_.find(tag, end + 1), tag.size());
  }

  [[nodiscard]] std::size_t comment(std::size_t at) const {
    int depth = 1;
    std::size_t i = at + 2;
    while (i < text_.size() && depth > 0) {
      if (text_.substr(i, 2) == "*/") {
        --depth;
        i += 2;
      } else if (rules_.nested_comments && text_.substr(i, 2) == "/*") {
        ++depth;
        i += 2;
      } else {
        ++i;
      }
    }
    return i;
  }

  std::string_view text_;
  const LexicalRules& rules_;
};

using Binds = std::vector<std::pair<std::string, types::Value>>;

const types::Value& value_of(const Binds& binds, std::string_view name) {
  const auto found = std::find_if(binds.begin(), binds.end(), [&](const auto& bind) { return bind.first == name; });
  if (found == binds.end()) throw_unsupported(":" + std::string(name) + " in native text (it has no value)");
  return found->second;
}

}  // namespace

SqlText substitute_binds(std::string_view native, const Binds& binds, const LexicalRules& rules,
                         const std::function<SqlText(const types::Value&)>& spell) {
  const Scanner scanner(native, rules);
  SqlText out;
  for (std::size_t at = 0; at < native.size();) {
    const std::size_t skipped = scanner.skip(at);
    if (skipped > at || native.substr(at, 2) == "::") {
      const std::size_t end = skipped > at ? skipped : at + 2;
      out.text += native.substr(at, end - at);
      at = end;
      continue;
    }
    if (native[at] != ':' || at + 1 == native.size() || !name_start(native[at + 1])) {
      out.text += native[at++];
      continue;
    }
    std::size_t end = at + 1;
    while (end < native.size() && name_part(native[end])) ++end;
    const SqlText spelled = spell(value_of(binds, native.substr(at + 1, end - at - 1)));
    out.text += spelled.text;
    out.binds.insert(out.binds.end(), spelled.binds.begin(), spelled.binds.end());
    at = end;
  }
  return out;
}

}  // namespace syncline::connectors::sql
