#pragma once
#include "compiler/ast/statement.h"
#include "compiler/diag/diagnostic.h"
#include "compiler/parse/text_map.h"

namespace antlr4 {
class ParserRuleContext;
}

namespace syncline::parse {

/// The AST of one statement that parsed (`tree`: a StatementContext). Refuses what the grammar lets through: a clause twice
/// (SY0004), numbers beyond 64 bits. `broken` is set when an error was reported.
ast::Statement build_statement(antlr4::ParserRuleContext* tree, const TextMap& map, diag::Sink& sink, bool& broken);

}  // namespace syncline::parse
