#pragma once
#include "compiler/diag/diagnostic.h"
#include "compiler/parse/statement_tokens.h"
#include "compiler/parse/walk.h"

namespace antlr4::dfa {
class Vocabulary;
}

namespace syncline::parse {

/// SY0003: `CREATE SYNC …`. Returns the index behind the verb (`at` when there is none).
std::size_t complain_about_verb(const StatementTokens& tokens, std::size_t at, diag::Sink& sink);
/// SY0008: nesting beyond 64 levels, or more than 1,000 operators in a row (both would cost stack).
bool complain_about_depth(const StatementTokens& tokens, std::size_t begin, diag::Sink& sink);
/// The first error of the statement at `begin`, which does not parse. Returns where to read on. `walk` serves all statements of a
/// script: what it finds out about one it knows of the next.
std::size_t complain(const StatementTokens& tokens, std::size_t begin, const antlr4::dfa::Vocabulary& vocabulary, Walk& walk,
                     diag::Sink& sink);

}  // namespace syncline::parse
