#pragma once
#include <antlr4-runtime.h>

#include <map>

#include "SyncParser.h"
#include "compiler/ast/statement.h"
#include "compiler/diag/diagnostic.h"
#include "compiler/parse/literal.h"
#include "compiler/parse/text_map.h"

namespace syncline::parse {

using P = grammar::SyncParser;
using antlr4::ParserRuleContext;
using antlr4::tree::TerminalNode;
using namespace ast;

/// From the parse tree of one statement to its AST: one function for each rule. Defined in build_expression.cpp, build_clause.cpp
/// and build_statement.cpp; they and parse.cpp and expected.cpp are the only files that see ANTLR.
class Builder {
 public:
  Builder(const TextMap& map, diag::Sink& sink) : map_(map), sink_(sink) {}

  Statement statement(P::StatementContext* tree);
  [[nodiscard]] bool broken() const { return broken_; }

 private:
  // --- words
  Span span(ParserRuleContext* tree) const { return map_.span(tree); }
  Span span(TerminalNode* leaf) const { return map_.span(leaf->getSymbol()); }
  std::string_view raw(TerminalNode* leaf) const { return map_.slice(leaf->getSymbol()); }
  std::string string(TerminalNode* leaf) const { return unquoted(raw(leaf)); }
  std::string dollar(TerminalNode* leaf) const { return dollar_body(raw(leaf)); }
  std::string upper(TerminalNode* leaf) const { return ascii_upper(raw(leaf)); }
  std::string upper(ParserRuleContext* tree) const { return ascii_upper(map_.slice(span(tree))); }
  TerminalNode* last_word(ParserRuleContext* tree) const;
  Name name(P::IdentifierContext* tree) const;
  Name name(TerminalNode* leaf) const;
  std::vector<Name> names(const std::vector<P::IdentifierContext*>& trees) const;
  std::int64_t integer(TerminalNode* leaf);
  Quantity quantity(P::QuantityContext* tree) const;
  std::optional<Quantity> maybe_quantity(P::QuantityContext* tree) const;
  Secret secret(P::SecretContext* tree) const { return {string(tree->STRING()), span(tree)}; }

  // --- types, expressions, conditions
  TypeRef type(P::TypeRefContext* tree);
  ExprPtr expression(P::ExpressionContext* tree);
  ExprPtr predicate(P::PredicateContext* tree);
  ExprPtr value(P::ValueContext* tree);
  ExprPtr primary(P::PrimaryContext* tree);
  ExprPtr literal(P::LiteralContext* tree);
  ExprPtr call(P::FunctionCallContext* tree);
  ExprPtr branches(P::CasePrimaryContext* tree);
  ExprPtr interval(P::IntervalPrimaryContext* tree);
  ExprPtr string_expr(TerminalNode* leaf, ExprKind kind = ExprKind::string) const {
    return leaf_expr(kind, span(leaf), string(leaf));
  }
  static ExprPtr leaf_expr(ExprKind kind, const Span& span, std::string text = {});
  ExprPtr binary(ParserRuleContext* tree, std::string text, ExprPtr left, ExprPtr right) const;
  Condition condition(P::ConditionContext* tree);

  // --- shared parts
  Segment segment(ParserRuleContext* tree, P::IdentifierContext* name_tree, TerminalNode* regex) const;
  Segment segment(P::SegmentContext* tree) const { return segment(tree, tree->identifier(), tree->REGEX()); }
  Segment segment(P::ColumnPatternContext* tree) const { return segment(tree, tree->identifier(), tree->REGEX()); }
  ObjectPattern pattern(P::ObjectPatternContext* tree) const;
  NameLevel level(P::NameLevelContext* tree) const;
  Settings settings(P::SettingsContext* tree);
  SettingValue setting_value(P::SettingValueContext* tree);
  SettingValue literal_value(P::LiteralContext* tree) const;
  Assignment assignment(P::AssignmentContext* tree);
  std::vector<Assignment> assignments(const std::vector<P::AssignmentContext*>& trees);

  // --- clauses
  std::vector<Clause> clauses(const std::vector<P::ClauseContext*>& trees, const std::string& where);
  Clause clause(P::ClauseContext* tree);
  bool shape(P::ClauseContext* tree, Clause& made);
  bool movement(P::ClauseContext* tree, Clause& made);
  bool execution(P::ClauseContext* tree, Clause& made);
  void timing(P::ClauseContext* tree, Clause& made);
  void start(Clause& made, ClauseKind kind, ParserRuleContext* tree, std::size_t keywords) const;
  ColumnRule column_rule(P::ColumnRuleContext* tree);
  void partition(P::PartitionSpecContext* tree, Clause& made);
  CreateItem create_item(P::CreateItemContext* tree);
  CreateItem distribution(P::CreateDistributionContext* tree);
  LoadPhase phase(P::PhaseContext* tree);
  void incremental(P::IncrementalPhaseContext* tree, LoadPhase& made);
  std::optional<Write> write(P::WriteModeContext* tree) const;
  void split(P::SplitClauseContext* tree, Clause& made);
  void column_change(P::ColumnChangeClauseContext* tree, Clause& made);
  void deletes(P::DeletesClauseContext* tree, Clause& made);
  void schedule_clause(P::ScheduleClauseContext* tree, Clause& made);

  // --- statements
  StatementBody body(P::StatementContext* tree);
  StatementBody param(P::ParamStatementContext* tree);
  StatementBody type_mapping(P::TypeMappingStatementContext* tree);
  StatementBody schedule(P::ScheduleStatementContext* tree);
  StatementBody alert(P::AlertStatementContext* tree);
  StatementBody template_statement(P::TemplateStatementContext* tree);
  StatementBody sync(P::SyncStatementContext* tree);
  StatementBody override_statement(P::OverrideStatementContext* tree);
  Trigger trigger(P::TriggerContext* tree);
  void at(P::AtContext* tree, Trigger& made) const;
  void window(P::WindowSpecContext* tree, Trigger& made) const;
  ScheduleOption schedule_option(P::ScheduleOptionContext* tree) const;

  const TextMap& map_;
  diag::Sink& sink_;
  bool broken_ = false;
};

template <class To>
To* as(antlr4::tree::ParseTree* tree) {
  return dynamic_cast<To*>(tree);
}

}  // namespace syncline::parse
