#include "compiler/ast/format.h"

#include "compiler/ast/printer.h"

namespace syncline::ast {

namespace {

struct Printed {
  std::string text;
  bool blank_before = false;  ///< an empty line stood before it
  bool tall = false;          ///< several lines, comments above it not counted
};

bool blank_above(const PrintedToken& first) {
  return first.before.empty() ? first.blank_before : first.before.front().blank_before;
}

Doc token_doc(std::size_t index) {
  Doc made = of_kind(Doc::Kind::token);
  made.token = index;
  return made;
}

std::size_t lines_of(const std::vector<PrintedComment>& comments) {
  std::size_t lines = 0;
  for (const PrintedComment& one : comments) {
    lines += one.own_line ? 1 : 0;
    for (const char letter : one.text) lines += letter == '\n' ? 1 : 0;
  }
  return lines;
}

std::size_t breaks_in(const std::string& text) {
  std::size_t breaks = 0;
  for (std::size_t at = 0; at < text.size(); ++at) breaks += text[at] == '\n' && text.compare(at, 2, "\n\n") != 0 ? 1 : 0;
  return breaks;
}

}  // namespace

std::string format(const Script& script, const source::SourceSet& sources) {
  std::string_view text = sources.text(script.source);
  if (text.substr(0, 3) == "\xEF\xBB\xBF") text.remove_prefix(3);
  Feed feed(text);
  std::vector<std::pair<std::size_t, Doc>> docs;
  for (const Statement& statement : script.statements) {
    const std::size_t first = feed.tokens().size();
    docs.emplace_back(first, Printer(feed).statement(statement));
  }
  const PrintedToken rest = feed.rest();
  std::string made;
  bool previous_tall = false;
  for (auto& [first, doc] : docs) {
    Printed one;
    one.text = lay_out(std::move(doc), feed.tokens());
    one.blank_before = blank_above(feed.tokens()[first]);
    one.tall = breaks_in(one.text) > lines_of(feed.tokens()[first].before);
    if (!made.empty()) made += one.blank_before || one.tall || previous_tall ? "\n\n" : "\n";
    made += one.text;
    previous_tall = one.tall;
  }
  if (!rest.before.empty()) {
    std::string tail = lay_out(token_doc(feed.tokens().size() - 1), feed.tokens());
    while (!tail.empty() && tail.back() == '\n') tail.pop_back();
    if (!made.empty()) made += blank_above(rest) ? "\n\n" : "\n";
    made += tail;
  }
  return made.empty() ? made : made + "\n";
}

}  // namespace syncline::ast
