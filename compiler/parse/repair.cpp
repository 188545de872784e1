#include "compiler/parse/repair.h"

#include <antlr4-runtime.h>

#include <algorithm>
#include <set>

#include "SyncParser.h"
#include "compiler/parse/expected.h"
#include "compiler/parse/literal.h"
#include "stdlib/base/text.h"

namespace syncline::parse {

namespace {

using P = grammar::SyncParser;

constexpr std::size_t kBack = 8;    ///< tokens in front of the place that may be the wrong ones
constexpr std::size_t kAhead = 12;  ///< tokens behind it that an edit has to explain
constexpr std::size_t kEnough = 2;  ///< … or at least so many, when another mistake follows

/// How far a statement goes on after an edit.
struct Reach {
  std::size_t at = 0;  ///< the first token that does not fit
  bool whole = false;  ///< all that was looked at fits
};

class Search {
 public:
  Search(Walk& walk, const Broken& broken, const antlr4::dfa::Vocabulary& vocabulary)
      : walk_(walk), broken_(broken), vocabulary_(vocabulary) {}

  std::optional<Repair> best() {
    for (std::size_t at = broken_.at + 1; at-- > broken_.first;) respell(at);
    if (!ends(broken_.at)) {
      quote();
      remove();
      swap(broken_.at);
      if (broken_.at > broken_.first) swap(broken_.at - 1);
    }
    if (!found_) insert();
    return found_;
  }

 private:
  [[nodiscard]] bool ends(std::size_t at) const { return broken_.types[at] == antlr4::Token::EOF; }
  [[nodiscard]] const Walk::Position& before(std::size_t at) const { return broken_.before[at - broken_.first]; }

  Reach reach(Walk::Position position, std::size_t at) {
    const std::size_t last = broken_.at + kAhead;
    for (; !position.empty() && at < last && !ends(at); ++at) {
      position = walk_.after(position, broken_.types[at]);
      if (position.empty()) return {at, false};
      if (broken_.types[at] == P::SEMICOLON) return {at + 1, true};
    }
    return {at, !position.empty() && at >= last};
  }

  /// Keeps the edit if it reaches further than what is known.
  void offer(Repair repair, const Reach& reach) {
    if (!reach.whole && reach.at < broken_.at + kEnough) return;
    const auto rank = std::make_pair(reach.whole, reach.at);
    if (found_ && rank <= rank_) return;
    rank_ = rank;
    found_ = std::move(repair);
  }

  void respell(std::size_t at) {
    const std::string_view written = ends(at) ? std::string_view{} : broken_.spelling(at);
    if (written.empty() || std::isalpha(static_cast<unsigned char>(written.front())) == 0) return;
    const std::string upper = ascii_upper(written);
    const std::set<std::size_t> expected = expected_at(walk_, before(at));
    std::vector<std::string> words = keywords_of(expected, vocabulary_);
    words.erase(std::remove(words.begin(), words.end(), upper), words.end());
    auto close = text::did_you_mean(upper, words);
    while (close && at == broken_.at && only_a_name(at, type_of(expected, *close))) {
      words.erase(std::remove(words.begin(), words.end(), *close), words.end());
      close = text::did_you_mean(upper, words);
    }
    if (!close) return;
    const std::size_t type = type_of(expected, *close);
    const Reach with = reach(walk_.after(before(at), type), at + 1);
    if (at == broken_.at || with.at > broken_.at) {
      Reach counted = with;
      if (at == broken_.at) counted.at = std::max(counted.at, broken_.at + kEnough);  // the word itself is explained
      offer({Repair::Kind::respell, at, type, *close}, counted);
    }
  }

  /// The keyword would be a name there: any word would do as well.
  bool only_a_name(std::size_t at, std::size_t type) {
    const std::vector<Walk::Config> keyword = walk_.waiting(walk_.after(before(at), type));
    const std::vector<Walk::Config> name = walk_.waiting(walk_.after(before(at), P::QUOTED));
    return std::is_permutation(keyword.begin(), keyword.end(), name.begin(), name.end());
  }

  [[nodiscard]] std::size_t type_of(const std::set<std::size_t>& types, const std::string& keyword) const {
    for (const std::size_t type : types) {
      if (vocabulary_.getSymbolicName(type) == "K_" + keyword) return type;
    }
    return 0;
  }

  void quote() {
    const bool word = std::isalpha(static_cast<unsigned char>(broken_.spelling(broken_.at).front())) != 0;
    const Walk::Position behind = walk_.after(before(broken_.at), P::QUOTED);
    if (word && !behind.empty()) offer({Repair::Kind::quote, broken_.at}, reach(behind, broken_.at + 1));
  }

  void remove() {
    const Reach without = reach(before(broken_.at), broken_.at + 1);
    const bool doubled =
        broken_.at > broken_.first && text::ascii_iequals(broken_.spelling(broken_.at), broken_.spelling(broken_.at - 1));
    if (without.whole || (doubled && without.at > broken_.at + kEnough)) offer({Repair::Kind::remove, broken_.at}, without);
  }

  void swap(std::size_t at) {
    if (ends(at) || ends(at + 1) || broken_.types[at + 1] == P::SEMICOLON) return;
    const Walk::Position second = walk_.after(before(at), broken_.types[at + 1]);
    if (second.empty()) return;
    const Walk::Position first = walk_.after(second, broken_.types[at]);
    if (!first.empty()) offer({Repair::Kind::swap, at}, reach(first, at + 2));
  }

  /// Marks only: which word is missing is the user's to say.
  void insert() {
    static const std::vector<std::size_t> marks = {P::COMMA, P::CLOSE, P::OPEN, P::EQUAL, P::CLOSE_LIST, P::DOT, P::ARROW};
    std::size_t fitting = 0;
    for (const std::size_t mark : marks) {
      const Walk::Position behind = walk_.after(before(broken_.at), mark);
      if (behind.empty()) continue;
      const Reach with = reach(behind, broken_.at);
      if (!with.whole) continue;
      ++fitting;
      if (fitting == 1) offer({Repair::Kind::insert, broken_.at, mark, {}}, with);
    }
    if (fitting > 1) found_.reset();
  }

  Walk& walk_;
  const Broken& broken_;
  const antlr4::dfa::Vocabulary& vocabulary_;
  std::optional<Repair> found_;
  std::pair<bool, std::size_t> rank_;
};

}  // namespace

Broken follow(Walk& walk, std::vector<std::size_t> types, std::function<std::string_view(std::size_t)> spelling) {
  Broken made;
  made.types = std::move(types);
  made.spelling = std::move(spelling);
  made.before.push_back(walk.start());
  for (; made.at + 1 < made.types.size(); ++made.at) {
    Walk::Position next = walk.after(made.before.back(), made.types[made.at]);
    if (next.empty()) break;
    made.before.push_back(std::move(next));
    if (made.before.size() <= kBack + 1) continue;
    made.before.erase(made.before.begin());
    ++made.first;
  }
  return made;
}

std::optional<Repair> find_repair(Walk& walk, const Broken& broken, const antlr4::dfa::Vocabulary& vocabulary) {
  return Search(walk, broken, vocabulary).best();
}

}  // namespace syncline::parse
