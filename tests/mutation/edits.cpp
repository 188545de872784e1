#include "tests/mutation/edits.h"

#include <algorithm>
#include <cctype>
#include <set>

namespace syncline::mutation {

namespace {

struct Token {
  enum class Kind { word, parameter, text, name, block, other };
  Kind kind = Kind::other;
  std::size_t begin = 0;
  std::size_t end = 0;
};

bool in_word(char letter) {
  return std::isalnum(static_cast<unsigned char>(letter)) != 0 || letter == '_';
}

/// The tokens of a script that is right, without comments.
class Tokens {
 public:
  explicit Tokens(std::string_view script) : script_(script) {
    while (at_ < script.size()) read();
  }
  std::vector<Token> all;

 private:
  [[nodiscard]] bool sees(std::string_view text) const { return script_.substr(at_, text.size()) == text; }

  void take(Token::Kind kind, std::size_t end) {
    end = std::min(end, script_.size());
    all.push_back({kind, at_, end});
    at_ = end;
  }

  [[nodiscard]] std::size_t behind(std::string_view mark, std::size_t from) const {
    const std::size_t found = script_.find(mark, from);
    return found == std::string_view::npos ? script_.size() : found + mark.size();
  }

  [[nodiscard]] std::size_t word_end(std::size_t from) const {
    while (from < script_.size() && in_word(script_[from])) ++from;
    return from;
  }

  void read() {
    const char first = script_[at_];
    if (std::isspace(static_cast<unsigned char>(first)) != 0) {
      ++at_;
    } else if (sees("--")) {
      at_ = behind("\n", at_);
    } else if (sees("$$")) {
      take(Token::Kind::block, behind("$$", at_ + 2));
    } else if (sees("~'") || first == '\'') {
      take(Token::Kind::text, behind("'", script_.find('\'', at_) + 1));
    } else if (first == '"') {
      take(Token::Kind::name, behind("\"", at_ + 1));
    } else if (first == ':' && at_ + 1 < script_.size() && in_word(script_[at_ + 1])) {
      take(Token::Kind::parameter, word_end(at_ + 1));
    } else if (in_word(first)) {
      const bool number = std::isdigit(static_cast<unsigned char>(first)) != 0;
      take(number ? Token::Kind::other : Token::Kind::word, word_end(at_));
    } else {
      const bool two = sees("->") || sees("<>") || sees("<=") || sees(">=") || sees("||");
      take(Token::Kind::other, at_ + (two ? 2 : 1));
    }
  }

  std::string_view script_;
  std::size_t at_ = 0;
};

class Editor {
 public:
  Editor(std::string_view script, std::mt19937& chance) : script_(script), chance_(chance), tokens_(Tokens(script).all) {}

  Edited edit(Kind kind) {
    switch (kind) {
      case Kind::deleted:
        return deleted();
      case Kind::doubled:
        return doubled();
      case Kind::misspelt:
        return misspelt();
      case Kind::swapped:
        return swapped();
      case Kind::moved:
        return moved();
      case Kind::unquoted:
        break;
    }
    return unquoted();
  }

 private:
  std::size_t below(std::size_t count) { return chance_() % count; }
  [[nodiscard]] std::string text(const Token& token) const {
    return std::string(script_.substr(token.begin, token.end - token.begin));
  }

  [[nodiscard]] Edited replaced(Kind kind, std::size_t begin, std::size_t end, const std::string& fresh) const {
    return {kind,
            std::string(script_.substr(0, begin)) + fresh + std::string(script_.substr(end)),
            {{begin, begin + fresh.size()}},
            {},
            {}};
  }

  Edited deleted() {
    const Token& token = tokens_[below(tokens_.size())];
    return replaced(Kind::deleted, token.begin, token.end, "");
  }

  Edited doubled() {
    const Token& token = tokens_[below(tokens_.size())];
    return replaced(Kind::doubled, token.begin, token.end, text(token) + " " + text(token));
  }

  Edited swapped() {
    const std::size_t at = below(tokens_.size() - 1);
    const Token& first = tokens_[at];
    const Token& second = tokens_[at + 1];
    const std::string between(script_.substr(first.end, second.begin - first.end));
    return replaced(Kind::swapped, first.begin, second.end, text(second) + between + text(first));
  }

  Edited misspelt() {
    std::vector<Token> words;
    for (Token token : tokens_) {
      if (token.kind == Token::Kind::parameter) ++token.begin;
      const bool word = token.kind == Token::Kind::word || token.kind == Token::Kind::parameter;
      if (word && token.end - token.begin > 1) words.push_back(token);
    }
    const Token& token = words[below(words.size())];
    const std::string word = text(token);
    std::string wrong = word;
    while (wrong == word) wrong = slip(word);
    Edited made = replaced(Kind::misspelt, token.begin, token.end, wrong);
    made.word = word;
    made.written = wrong;
    return made;
  }

  /// A letter left out, typed twice, swapped with the next one, missed by one key, or joined by its neighbour on the keyboard.
  std::string slip(std::string word) {
    const std::size_t at = below(word.size());
    switch (below(5)) {
      case 0:
        return word.erase(at, 1);
      case 1:
        return word.insert(at, 1, word[at]);
      case 2:
        std::swap(word[at], word[at == 0 ? 1 : at - 1]);
        return word;
      case 3:
        word[at] = neighbour(word[at]);
        return word;
      default:
        return word.insert(at + 1, 1, neighbour(word[at]));
    }
  }

  char neighbour(char letter) {
    static const std::string_view rows[] = {"qwertyuiop", "asdfghjkl", "zxcvbnm"};
    const bool upper = std::isupper(static_cast<unsigned char>(letter)) != 0;
    const char low = static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
    for (const std::string_view row : rows) {
      const std::size_t at = row.find(low);
      if (at == std::string_view::npos) continue;
      const bool right = at == 0 || (at + 1 < row.size() && below(2) == 0);
      const char made = row[right ? at + 1 : at - 1];
      return upper ? static_cast<char>(std::toupper(static_cast<unsigned char>(made))) : made;
    }
    return 'x';
  }

  Edited unquoted() {
    std::vector<const Token*> quoted;
    for (const Token& token : tokens_) {
      if (token.kind == Token::Kind::text || token.kind == Token::Kind::name || token.kind == Token::Kind::block)
        quoted.push_back(&token);
    }
    if (quoted.empty()) return {};
    const Token& token = *quoted[below(quoted.size())];
    const std::size_t length = token.kind == Token::Kind::block ? 2 : 1;
    const bool opening = below(2) == 0;
    const std::size_t begin = opening ? token.begin + (script_[token.begin] == '~' ? 1 : 0) : token.end - length;
    return replaced(Kind::unquoted, begin, begin + length, "");
  }

  [[nodiscard]] bool first_on_line(const Token& token) const {
    const std::size_t before = script_.find_last_not_of(' ', token.begin - 1);
    return token.begin == 0 || before == std::string_view::npos || script_[before] == '\n';
  }

  /// Lines that begin outside brackets: by index of their first token.
  [[nodiscard]] std::vector<std::size_t> lines() const {
    std::vector<std::size_t> found;
    int depth = 0;
    for (std::size_t at = 0; at < tokens_.size(); ++at) {
      const std::string word = text(tokens_[at]);
      if (word == ")") --depth;
      if (depth == 0 && first_on_line(tokens_[at])) found.push_back(at);
      if (word == "(") ++depth;
    }
    return found;
  }

  [[nodiscard]] bool begins_clause(std::size_t at) const {
    static const std::set<std::string> words = {"USING",      "NAMING",   "COLUMNS", "KEY",    "PARTITION", "CREATE",
                                                "MERGE",      "FILTER",   "LOAD",    "SPLIT",  "ON",        "VERIFY",
                                                "CONSISTENT", "DELETES",  "LIMITS",  "ERRORS", "BEFORE",    "PRIORITY",
                                                "AFTER",      "SCHEDULE", "DEPENDS", "NOTIFY", "OWNER",     "TYPE"};
    const bool inside = at > 0 && text(tokens_[at - 1]) != ";";
    return inside && words.count(text(tokens_[at])) != 0;
  }

  /// Of a SCHEDULE or ALERT statement, ON and the like are no clauses.
  [[nodiscard]] bool in_statement_with_clauses(std::size_t at) const {
    while (at > 0 && text(tokens_[at - 1]) != ";") --at;
    static const std::set<std::string> nouns = {"SYNC", "OVERRIDE", "TEMPLATE", "DEFAULTS"};
    return nouns.count(text(tokens_[at])) != 0;
  }

  Edited moved() {
    const std::vector<std::size_t> starts = lines();
    std::vector<std::size_t> clauses;
    for (const std::size_t at : starts) {
      if (begins_clause(at) && in_statement_with_clauses(at)) clauses.push_back(at);
    }
    if (clauses.empty()) return {};
    const std::size_t from = clauses[below(clauses.size())];
    std::size_t last = from;
    const auto ends = [&](std::size_t at) {
      return at >= tokens_.size() || text(tokens_[at]) == ";" ||
             (std::find(starts.begin(), starts.end(), at) != starts.end() && begins_clause(at));
    };
    while (!ends(last + 1)) ++last;
    const std::size_t begin = tokens_[from].begin;
    const std::size_t end = tokens_[last].end;
    const std::string clause(script_.substr(begin, end - begin));
    std::size_t to = begin;
    while (to >= begin && to <= end) to = tokens_[starts[below(starts.size())]].begin;
    return with_clause_at(clause, begin, end, to);
  }

  [[nodiscard]] Edited with_clause_at(const std::string& clause, std::size_t begin, std::size_t end, std::size_t to) const {
    const std::string_view before = script_.substr(0, begin);
    const std::string_view behind = script_.substr(end);
    const std::string line = clause + "\n";
    Edited made;
    made.kind = Kind::moved;
    if (to < begin) {
      made.text = std::string(script_.substr(0, to)) + line + std::string(script_.substr(to, begin - to)) + std::string(behind);
      made.places = {{to, to + clause.size()}, {begin + line.size(), begin + line.size()}};
    } else {
      made.text = std::string(before) + std::string(script_.substr(end, to - end)) + line + std::string(script_.substr(to));
      const std::size_t at = to - (end - begin);
      made.places = {{begin, begin}, {at, at + clause.size()}};
    }
    return made;
  }

  std::string_view script_;
  std::mt19937& chance_;
  std::vector<Token> tokens_;
};

}  // namespace

const char* to_string(Kind kind) {
  switch (kind) {
    case Kind::deleted:
      return "token deleted";
    case Kind::doubled:
      return "token doubled";
    case Kind::misspelt:
      return "word misspelt";
    case Kind::swapped:
      return "tokens swapped";
    case Kind::moved:
      return "clause moved";
    case Kind::unquoted:
      return "quote dropped";
  }
  return "";
}

Edited edited(std::string_view script, Kind kind, std::mt19937& chance) {
  return Editor(script, chance).edit(kind);
}

}  // namespace syncline::mutation
