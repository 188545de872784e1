#pragma once
#include <string>
#include <vector>

#include "compiler/analyze/context.h"
#include "stdlib/functions/functions.h"

/// Types one written expression. Internal; `type_expression` is the way in. Every method gives null after an error.
namespace syncline::analyze {

class Typer {
 public:
  Typer(const Scope& scope, diag::Sink& sink) : scope_(scope), sink_(sink) {}
  /// The whole expression; under `scope.mask` the call of a MASK.
  expr::ExprPtr type_whole(const ast::Expr& e);

 private:
  using Mutable = std::shared_ptr<expr::Expr>;

  expr::ExprPtr type(const ast::Expr& e);

  // leaves (typer_names.cpp)
  expr::ExprPtr parameter(const ast::Expr& e);
  expr::ExprPtr path(const ast::Expr& e);
  expr::ExprPtr column(const ast::Expr& e);
  expr::ExprPtr property(const ast::Expr& e);
  expr::ExprPtr level_property(const ast::Expr& e, bool source);
  expr::ExprPtr match(const ast::Expr& e);
  expr::ExprPtr known_text(const ast::Expr& e, const std::string& value);
  bool late(const ast::Expr& e, expr::Phase phase, const std::string& name);

  // operators (typer.cpp)
  expr::ExprPtr literal(const ast::Expr& e);
  expr::ExprPtr interval(const ast::Expr& e);
  expr::ExprPtr negate(const ast::Expr& e);
  expr::ExprPtr cast(const ast::Expr& e);
  expr::ExprPtr binary(const ast::Expr& e);
  expr::ExprPtr arithmetic(const ast::Expr& e, expr::Op op, const Mutable& made);
  expr::ExprPtr comparison(const ast::Expr& e, const Mutable& made);
  expr::ExprPtr concatenation(const ast::Expr& e, const Mutable& made);
  expr::ExprPtr logical(const ast::Expr& e, const Mutable& made);
  expr::ExprPtr predicate(const ast::Expr& e);
  expr::ExprPtr case_when(const ast::Expr& e);

  // calls (typer_calls.cpp)
  expr::ExprPtr call(const ast::Expr& e, bool mask);
  expr::ExprPtr masked_column();
  bool check_count(const ast::Expr& e, const functions::Function& function, std::size_t implicit);
  bool check_arguments(const ast::Expr& e, const functions::Function& function, const expr::Expr& made, std::size_t implicit);
  bool check_texts(const ast::Expr& e, const expr::Expr& made);
  bool check_format(const ast::Expr& e, const std::string& format);
  bool check_regex(const ast::Expr& e, const expr::Expr& made);

  /// Types all parts into `made->args`; phase and taint follow. False after an error in any of them (all are looked at).
  bool parts(const ast::Expr& e, const Mutable& made);
  /// SY2014 when `what` over a column would have to be asked of the source.
  bool pushable(const ast::Expr& e, const expr::Expr& made, const std::string& what);
  bool refuse(const ast::Expr& e, std::string message, std::string help = {});
  bool compatible(const ast::Expr& e, const expr::Expr& one, const expr::Expr& other);

  const Scope& scope_;
  diag::Sink& sink_;
};

/// "a text `x`", "a date `:bizdate`": for messages.
std::string with_type(const ast::Expr& written, const expr::Expr& typed);
/// The common type of two, `null` giving way; nothing when there is none.
std::optional<expr::Type> common(expr::Type one, expr::Type other);

}  // namespace syncline::analyze
