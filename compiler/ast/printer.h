#pragma once
#include <functional>
#include <string_view>
#include <vector>

#include "compiler/ast/feed.h"
#include "compiler/ast/statement.h"

namespace syncline::ast {

/// The canonical form of each construct as a Doc. Every function takes its words from the feed in the order of the source, so it
/// must name them in exactly that order; the AST says which words are keywords and how lists nest.
class Printer {
 public:
  explicit Printer(Feed& feed) : feed_(feed) {}

  Doc statement(const Statement& statement);

 private:
  // --- words
  Doc keywords(std::size_t count);
  Doc raw() { return feed_.raw(); }
  Doc space() const { return of_kind(Doc::Kind::space); }
  Doc names(std::size_t count);  ///< a, b, c
  /// `( … )` with one item a line when it does not fit or ends with a comma. `may_trail`: the grammar takes a comma at the end.
  Doc list(std::size_t count, bool may_trail, const std::function<Doc(std::size_t)>& item);
  Doc items(std::size_t count, bool may_trail, const std::function<Doc(std::size_t)>& item, bool& forced);
  Doc name_list(std::size_t count);

  // --- small parts
  Doc pattern(const ObjectPattern& pattern);
  Doc patterns(const std::vector<ObjectPattern>& patterns);
  Doc type(const TypeRef& type);
  Doc quantity(const Quantity& quantity);
  Doc settings(const Settings& settings);
  Doc setting_value(const SettingValue& value);
  Doc assignments(const std::vector<Assignment>& assignments);

  // --- expressions
  Doc whole(const ExprPtr& expr);  ///< in a group of its own
  Doc expression(const Expr& expr);
  Doc parenthesized(const Expr& expr);
  Doc binary(const Expr& expr);
  Doc predicate(const Expr& expr);
  Doc call(const Expr& expr);
  Doc branches(const Expr& expr);
  Doc condition(const Condition& condition);

  // --- clauses
  Doc clauses(const std::vector<Clause>& clauses);
  Doc clause(const Clause& clause);
  bool shape(const Clause& clause, Doc& made);
  bool movement(const Clause& clause, Doc& made);
  void timing(const Clause& clause, Doc& made);
  Doc column_rule(const ColumnRule& rule);
  Doc create_item(const CreateItem& item);
  Doc partition(const Clause& clause);
  Doc phase(const LoadPhase& phase);
  Doc write(const Write& write);
  Doc split(const Clause& clause);

  // --- statements
  Doc body(const SetStatement& one);
  Doc body(const IncludeStatement& one);
  Doc body(const ParamStatement& one);
  Doc body(const ConnectionStatement& one);
  Doc body(const TypeMappingStatement& one);
  Doc body(const ScheduleStatement& one);
  Doc body(const AlertStatement& one);
  Doc body(const TemplateStatement& one);
  Doc body(const DefaultsStatement& one);
  Doc body(const SyncStatement& one);
  Doc body(const OverrideStatement& one);
  Doc trigger(const Trigger& trigger);
  Doc window(const Trigger& trigger);
  Doc schedule_option(const ScheduleOption& option);

  Feed& feed_;
};

}  // namespace syncline::ast
