#include "compiler/analyze/typer.h"

#include <charconv>

#include "compiler/analyze/types.h"
#include "compiler/bound/expression_text.h"
#include "stdlib/base/text.h"
#include "stdlib/expr/evaluate.h"
#include "stdlib/expr/symbols.h"
#include "stdlib/types/calendar.h"

namespace syncline::analyze {
namespace {

using expr::Op;
using expr::Type;
using Kind = ast::ExprKind;

bool is_number(Type type) {
  return type == Type::integer || type == Type::decimal;
}
bool is_time(Type type) {
  return type == Type::date || type == Type::timestamp;
}

std::optional<types::Interval> interval_of(std::string unit, std::int64_t n) {
  unit = text::ascii_lower(unit);
  if (unit.size() > 1 && unit.back() == 's') unit.pop_back();
  const std::int64_t second = 1'000'000;
  if (unit == "second") return types::Interval{0, 0, n * second};
  if (unit == "minute") return types::Interval{0, 0, n * 60 * second};
  if (unit == "hour") return types::Interval{0, 0, n * 3600 * second};
  if (unit == "day") return types::Interval{0, n, 0};
  if (unit == "week") return types::Interval{0, 7 * n, 0};
  if (unit == "month") return types::Interval{n, 0, 0};
  if (unit == "quarter") return types::Interval{3 * n, 0, 0};
  if (unit == "year") return types::Interval{12 * n, 0, 0};
  return std::nullopt;
}

std::shared_ptr<expr::Expr> constant(Type type, types::Value value) {
  auto made = std::make_shared<expr::Expr>();
  made->type = type;
  made->value = std::move(value);
  return made;
}

}  // namespace

std::optional<Type> common(Type one, Type other) {
  if (one == other || other == Type::null) return one;
  if (one == Type::null) return other;
  if (is_number(one) && is_number(other)) return Type::decimal;
  if (is_time(one) && is_time(other)) return Type::timestamp;
  return std::nullopt;
}

std::string with_type(const ast::Expr& written, const expr::Expr& typed) {
  return "`" + bound::to_text(written) + "` is " + expr::to_string(typed.type);
}

bool Typer::refuse(const ast::Expr& e, std::string message, std::string help) {
  auto finding = diag::OperandType(message).at(e.span);
  if (!help.empty()) std::move(finding).with_help(std::move(help));
  sink_.emit(std::move(finding));
  return false;
}

bool Typer::parts(const ast::Expr& e, const Mutable& made) {
  bool good = true;
  for (const auto& part : e.args) {
    expr::ExprPtr typed = part ? type(*part) : nullptr;
    if (!typed) {
      good = false;
      continue;
    }
    made->phase = std::max(made->phase, typed->phase);
    made->secret = made->secret || typed->secret;
    made->args.push_back(std::move(typed));
  }
  return good;
}

bool Typer::pushable(const ast::Expr& e, const expr::Expr& made, const std::string& what) {
  if (scope_.pushed_to == nullptr || made.phase != expr::Phase::row) return true;
  sink_.emit(diag::NotPushable(what, scope_.pushed_to->name)
                 .at(e.span)
                 .with_help("compare the column itself, or write `NATIVE " + std::string(scope_.pushed_to->name) + " $$…$$`"));
  return false;
}

bool Typer::compatible(const ast::Expr& e, const expr::Expr& one, const expr::Expr& other) {
  if (common(one.type, other.type)) return true;
  const bool text_and_time =
      (one.type == Type::string && is_time(other.type)) || (other.type == Type::string && is_time(one.type));
  const std::string left = with_type(*e.args[0], one);
  const std::string right = std::string("the other side is ") + expr::to_string(other.type);
  std::string help =
      text_and_time ? "nothing turns a text into a date by itself: write DATE '2026-11-20', or format(…) the date" : "";
  const bool flag = one.type == Type::boolean || other.type == Type::boolean;
  if (flag) help = "a bool is a condition by itself: write `x` or `NOT x`";
  return refuse(e, left + ", " + right, help);
}

expr::ExprPtr Typer::type(const ast::Expr& e) {
  switch (e.kind) {
    case Kind::parameter:
      return parameter(e);
    case Kind::path:
      return path(e);
    case Kind::call:
      return call(e, false);
    case Kind::interval:
      return interval(e);
    case Kind::cast:
      return cast(e);
    case Kind::case_when:
      return case_when(e);
    case Kind::parenthesized:
      return type(*e.args[0]);
    case Kind::negate:
      return negate(e);
    case Kind::logical_not:
    case Kind::binary:
      return binary(e);
    case Kind::is_null:
    case Kind::in_list:
    case Kind::between:
    case Kind::like:
      return predicate(e);
    default:
      return literal(e);
  }
}

expr::ExprPtr Typer::literal(const ast::Expr& e) {
  const auto wrong = [&](const char* what, const char* example) -> expr::ExprPtr {
    refuse(e, std::string("`") + e.text + "` is no " + what, std::string("write it as ") + example);
    return nullptr;
  };
  switch (e.kind) {
    case Kind::true_literal:
      return constant(Type::boolean, true);
    case Kind::false_literal:
      return constant(Type::boolean, false);
    case Kind::string:
      return constant(Type::string, e.text);
    case Kind::decimal:
      return constant(Type::decimal, types::Decimal{e.text.front() == '.' ? "0" + e.text : e.text});
    case Kind::integer: {
      std::int64_t number = 0;
      const char* end = e.text.data() + e.text.size();
      if (std::from_chars(e.text.data(), end, number).ec == std::errc()) return constant(Type::integer, number);
      return constant(Type::decimal, types::Decimal{e.text});
    }
    case Kind::date_literal: {
      const auto days = types::parse_date(e.text);
      return days ? constant(Type::date, types::Date{*days}) : wrong("date", "DATE '2026-11-20'");
    }
    case Kind::timestamp_literal: {
      const auto micros = types::parse_instant(e.text);
      return micros ? constant(Type::timestamp, types::Timestamp{*micros})
                    : wrong("timestamp", "TIMESTAMP '2026-11-20 00:30:00'");
    }
    default:
      return constant(Type::null, {});
  }
}

expr::ExprPtr Typer::interval(const ast::Expr& e) {
  const auto amount = type(*e.args[0]);
  if (!amount) return nullptr;
  const bool whole = amount->op == Op::constant && std::holds_alternative<std::int64_t>(amount->value);
  if (!whole && amount->type != Type::integer) {
    refuse(e, "an INTERVAL counts whole units, " + with_type(*e.args[0], *amount));
    return nullptr;
  }
  const std::int64_t n = whole ? std::get<std::int64_t>(amount->value) : 1;
  const auto value = n > 100'000'000 || n < -100'000'000 ? std::nullopt : interval_of(e.text, n);
  if (!value) {
    refuse(e, "`INTERVAL " + bound::to_text(*e.args[0]) + " " + e.text + "` is no interval",
           "units: SECOND, MINUTE, HOUR, DAY, WEEK, MONTH, QUARTER, YEAR");
    return nullptr;
  }
  auto made = constant(Type::interval, *value);
  made->phase = amount->phase;
  return made;
}

expr::ExprPtr Typer::negate(const ast::Expr& e) {
  auto made = std::make_shared<expr::Expr>();
  made->op = Op::negate;
  if (!parts(e, made)) return nullptr;
  made->type = made->args[0]->type;
  if (!is_number(made->type) && made->type != Type::null && made->type != Type::interval) {
    refuse(e, "minus needs a number, " + with_type(*e.args[0], *made->args[0]));
    return nullptr;
  }
  return made;
}

expr::ExprPtr Typer::cast(const ast::Expr& e) {
  auto made = std::make_shared<expr::Expr>();
  made->op = Op::cast;
  if (!parts(e, made)) return nullptr;
  const auto logical = logical_type(*e.type, "", sink_);
  if (!logical) return nullptr;
  made->cast_to = *logical;
  made->type = expression_type(*logical);
  return made;
}

expr::ExprPtr Typer::binary(const ast::Expr& e) {
  auto made = std::make_shared<expr::Expr>();
  made->op = e.kind == Kind::logical_not ? Op::logical_not : expr::operator_of(e.text).value();
  if (!parts(e, made)) return nullptr;
  switch (made->op) {
    case Op::add:
    case Op::subtract:
    case Op::multiply:
    case Op::divide:
      return arithmetic(e, made->op, made);
    case Op::concat:
      return concatenation(e, made);
    case Op::logical_and:
    case Op::logical_or:
    case Op::logical_not:
      return logical(e, made);
    default:
      return comparison(e, made);
  }
}

expr::ExprPtr Typer::arithmetic(const ast::Expr& e, Op op, const Mutable& made) {
  const Type left = made->args[0]->type;
  const Type right = made->args[1]->type;
  const bool sum = op == Op::add || op == Op::subtract;
  const auto number = [](Type type) { return is_number(type) || type == Type::null; };
  if (number(left) && number(right)) {
    made->type = op == Op::divide || left == Type::decimal || right == Type::decimal
                     ? Type::decimal
                     : common(left, right).value_or(Type::integer);
  } else if (sum && (is_time(left) || left == Type::null) && right == Type::interval) {
    const auto* value = std::get_if<types::Interval>(&made->args[1]->value);
    made->type = left == Type::date && value != nullptr && value->micros != 0 ? Type::timestamp : left;
  } else if (op == Op::add && left == Type::interval && is_time(right)) {
    made->type = right;
  } else {
    std::string help;
    if (is_time(left) && right == Type::integer)
      help = "a number of what? write `" + bound::to_text(*e.args[0]) + " " + e.text + " INTERVAL " + bound::to_text(*e.args[1]) +
             " DAY`";
    if (is_time(left) && is_time(right)) help = "date_diff gives the time between two dates";
    if (op == Op::add && left == Type::string && right == Type::string) help = "texts are joined with `||`";
    refuse(e, "`" + e.text + "` does not work on " + expr::to_string(left) + " and " + expr::to_string(right), help);
    return nullptr;
  }
  return made;
}

expr::ExprPtr Typer::comparison(const ast::Expr& e, const Mutable& made) {
  made->type = Type::boolean;
  if (!compatible(e, *made->args[0], *made->args[1])) return nullptr;
  return made;
}

expr::ExprPtr Typer::concatenation(const ast::Expr& e, const Mutable& made) {
  made->type = Type::string;
  for (std::size_t i = 0; i < 2; ++i) {
    const auto& part = *made->args[i];
    if (part.type == Type::string || part.type == Type::null) continue;
    const std::string written = bound::to_text(*e.args[i]);
    const bool time = is_time(part.type);
    const std::string better = time ? "format(" + written + ", '%Y%m%d')" : "to_string(" + written + ")";
    sink_.emit(diag::OperandType("concatenation needs strings: `" + written + "` is " + expr::to_string(part.type))
                   .at(e.args[i]->span)
                   .with_help("use `" + better + "`")
                   .with_fix({e.args[i]->span, better, "write `" + better + "`", true}));
    return nullptr;
  }
  return pushable(e, *made, "||") ? made : nullptr;
}

expr::ExprPtr Typer::logical(const ast::Expr& e, const Mutable& made) {
  made->type = Type::boolean;
  for (std::size_t i = 0; i < made->args.size(); ++i) {
    const Type type = made->args[i]->type;
    if (type == Type::boolean || type == Type::null) continue;
    const std::string op = e.kind == Kind::logical_not ? "NOT" : e.text;
    refuse(*e.args[i], op + " joins conditions, " + with_type(*e.args[i], *made->args[i]));
    return nullptr;
  }
  return made;
}

expr::ExprPtr Typer::predicate(const ast::Expr& e) {
  auto made = std::make_shared<expr::Expr>();
  made->negated = e.negated;
  if (!parts(e, made)) return nullptr;
  made->type = Type::boolean;
  switch (e.kind) {
    case Kind::is_null:
      made->op = Op::is_null;
      return made;
    case Kind::in_list:
      made->op = Op::in_list;
      break;
    case Kind::between:
      made->op = Op::between;
      break;
    default:
      made->op = Op::like;
      break;
  }
  for (std::size_t i = 1; i < made->args.size(); ++i) {
    if (!compatible(e, *made->args[0], *made->args[i])) return nullptr;
  }
  const Type first = made->args[0]->type;
  if (made->op == Op::like && first != Type::string && first != Type::null) {
    refuse(e, "LIKE compares texts, " + with_type(*e.args[0], *made->args[0]));
    return nullptr;
  }
  return made;
}

expr::ExprPtr Typer::case_when(const ast::Expr& e) {
  auto made = std::make_shared<expr::Expr>();
  made->op = Op::case_when;
  if (!parts(e, made)) return nullptr;
  for (std::size_t i = 0; i < made->args.size(); ++i) {
    const bool condition = i % 2 == 0 && i + 1 < made->args.size();
    const Type type = made->args[i]->type;
    if (condition && type != Type::boolean && type != Type::null) {
      sink_.emit(diag::ConditionType(expr::to_string(type)).at(e.args[i]->span));
      return nullptr;
    }
    if (condition) continue;
    const auto joined = common(made->type, type);
    if (!joined) {
      refuse(*e.args[i],
             std::string("CASE gives ") + expr::to_string(made->type) + " before, " + with_type(*e.args[i], *made->args[i]));
      return nullptr;
    }
    made->type = *joined;
  }
  return pushable(e, *made, "CASE") ? made : nullptr;
}

expr::ExprPtr type_expression(const ast::Expr& written, const Scope& scope, diag::Sink& sink) {
  const expr::ExprPtr typed = Typer(scope, sink).type_whole(written);
  if (!typed) return nullptr;
  expr::Environment environment;
  if (scope.unit != nullptr) environment.timezone = scope.unit->timezone;
  try {
    const expr::ExprPtr folded = expr::fold(typed, environment);
    if (folded->phase == typed->phase || folded->op != expr::Op::constant) return folded;
    auto kept = std::make_shared<expr::Expr>(*folded);
    kept->phase = typed->phase;
    return kept;
  } catch (const expr::EvaluationError& error) {
    sink.emit(diag::Evaluation(error.what()).at(written.span));
    return nullptr;
  }
}

std::optional<std::string> evaluate_name(const ast::Expr& written, const Scope& scope, diag::Sink& sink) {
  if (written.kind == Kind::path && written.path.size() == 1) return written.path.front().text;
  const expr::ExprPtr typed = type_expression(written, scope, sink);
  if (!typed) return std::nullopt;
  if (typed->type != Type::string && typed->type != Type::null) {
    sink.emit(diag::OperandType("a name is a text, " + with_type(written, *typed))
                  .at(written.span)
                  .with_help("use to_string(…) or format(…)"));
    return std::nullopt;
  }
  if (typed->op == Op::constant && std::holds_alternative<std::string>(typed->value)) return std::get<std::string>(typed->value);
  sink.emit(diag::Evaluation(types::is_null(typed->value) && typed->op == Op::constant ? "it is NULL"
                                                                                       : "it is not known when the plan is made")
                .at(written.span));
  return std::nullopt;
}

}  // namespace syncline::analyze
