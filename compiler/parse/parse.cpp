#include "compiler/parse/parse.h"

#include <antlr4-runtime.h>

#include <algorithm>

#include "SyncLexer.h"
#include "SyncParser.h"
#include "compiler/diag/kinds.h"
#include "compiler/parse/build.h"
#include "compiler/parse/complain.h"
#include "compiler/parse/statement_tokens.h"
#include "compiler/parse/text_map.h"
#include "stdlib/base/text.h"

namespace syncline::parse {

namespace {

using P = grammar::SyncParser;
using antlr4::Token;
using antlr4::atn::PredictionMode;
using source::Span;

constexpr std::size_t kLargestScript = 64U * 1024U * 1024U;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

std::size_t first_invalid(std::string_view text) {
  std::size_t low = 0;
  std::size_t high = text.size();  // the shortest invalid prefix ends in (low, high]
  while (low + 1 < high) {
    const std::size_t middle = (low + high) / 2;
    const std::string_view prefix = text::truncate_utf8(text.substr(0, middle + 4), middle);
    (text::valid_utf8(prefix) ? low : high) = middle;
  }
  return low;
}

/// SY0009 for what is no text at all. True: go on.
bool readable(std::string_view text, source::SourceId source, diag::Sink& sink) {
  const auto refuse = [&](std::string_view message, std::size_t at, std::size_t length, const char* help) {
    const auto begin = static_cast<std::uint32_t>(at);
    sink.emit(diag::InvalidText(message).at(Span{source, begin, begin + static_cast<std::uint32_t>(length)}).with_help(help));
    return false;
  };
  if (text.size() > kLargestScript) return refuse("the script is larger than 64 MB", 0, 0, "split it and INCLUDE the parts");
  const std::size_t nul = text.find('\0');
  if (nul != std::string_view::npos)
    return refuse("the script holds a NUL byte", nul, 1, "scripts are UTF-8 text: is this another file?");
  if (text::valid_utf8(text)) return true;
  return refuse("the script is not UTF-8 from here on", first_invalid(text), 1, "save the file as UTF-8");
}

class Reader {
 public:
  Reader(const source::SourceSet& sources, source::SourceId source, diag::Sink& sink)
      : skipped_(sources.text(source).substr(0, 3) == kByteOrderMark ? 3 : 0),
        map_(source, sources.text(source), skipped_),
        sink_(sink),
        input_(shown_to_lexer(sources.text(source).substr(skipped_))),
        lexer_(&input_),
        stream_((lexer_.removeErrorListeners(), &lexer_)),
        parser_((stream_.fill(), &stream_)),
        tokens_(stream_.getTokens(), map_),
        walk_(parser_.getATN()) {
    parser_.removeErrorListeners();
    parser_.setErrorHandler(std::make_shared<antlr4::BailErrorStrategy>());
  }

  void read(ast::Script& script) {
    comments(script);
    tokens_.cut_at_open_block(sink_);
    for (std::size_t at = 0; !tokens_.at_end(at);) at = statement(at, script);
  }

 private:
  void comments(ast::Script& script) {
    for (const Token* token : stream_.getTokens()) {
      if (token->getChannel() == Token::HIDDEN_CHANNEL) {
        script.comments.push_back({map_.span(token), tokens_.first_on_line(map_.span(token))});
      }
    }
  }

  /// Reads the statement at `at`; returns where the next one starts.
  std::size_t statement(std::size_t at, ast::Script& script) {
    const std::size_t behind_verb = complain_about_verb(tokens_, at, sink_);
    if (behind_verb != at) return behind_verb;
    if (complain_about_depth(tokens_, at, sink_)) return tokens_.next_statement(at, at);
    auto* tree = tree_of(at);
    if (tree == nullptr) return complain(tokens_, at, parser_.getVocabulary(), walk_, sink_);
    bool broken = false;
    ast::Statement made = build_statement(tree, map_, sink_, broken);
    if (!broken) script.statements.push_back(std::move(made));
    return tokens_.index_after(tree->getStop());
  }

  /// The quick prediction first; what it refuses is tried once more with the full one.
  P::StatementContext* tree_of(std::size_t at) {
    for (const PredictionMode mode : {PredictionMode::SLL, PredictionMode::LL}) {
      parser_.reset();
      stream_.seek(tokens_.stream_index(at));
      parser_.getInterpreter<antlr4::atn::ParserATNSimulator>()->setPredictionMode(mode);
      try {
        return parser_.statement();
      } catch (const antlr4::ParseCancellationException&) {
        continue;
      }
    }
    return nullptr;
  }

  std::uint32_t skipped_;
  TextMap map_;
  diag::Sink& sink_;
  antlr4::ANTLRInputStream input_;
  grammar::SyncLexer lexer_;
  antlr4::CommonTokenStream stream_;
  P parser_;
  StatementTokens tokens_;
  Walk walk_;
};

}  // namespace

ast::Script parse(const source::SourceSet& sources, source::SourceId source, diag::Sink& sink) {
  ast::Script script;
  script.source = source;
  if (!readable(sources.text(source), source, sink)) return script;
  try {
    Reader(sources, source, sink).read(script);
  } catch (const std::exception& error) {
    sink.emit(diag::InvalidText(fmt::format("the script cannot be read: {}", error.what())).at(Span{source, 0, 0}));
  }
  return script;
}

}  // namespace syncline::parse
