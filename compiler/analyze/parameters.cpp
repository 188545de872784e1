#include "compiler/analyze/parameters.h"

#include <algorithm>
#include <charconv>

#include "compiler/analyze/expression_walk.h"
#include "compiler/analyze/types.h"
#include "compiler/bound/expression_text.h"
#include "stdlib/base/text.h"
#include "stdlib/expr/evaluate.h"
#include "stdlib/types/calendar.h"

namespace syncline::analyze {
namespace {

struct Predeclared {
  std::string_view name;
  expr::Type type;
  bool of_instance = false;
};
constexpr Predeclared kPredeclared[] = {{"started_at", expr::Type::timestamp},      {"run_id", expr::Type::string},
                                        {"attempt", expr::Type::integer},           {"scheduled_at", expr::Type::timestamp, true},
                                        {"bizdate", expr::Type::date, true},        {"window_start", expr::Type::timestamp, true},
                                        {"window_end", expr::Type::timestamp, true}};

std::optional<expr::Type> type_named(const ast::TypeRef& type) {
  if (type.words.size() != 1 || type.has_arguments) return std::nullopt;
  const std::string word = text::ascii_lower(type.words.front().text);
  if (word == "string" || word == "text") return expr::Type::string;
  if (word == "int" || word == "integer" || word == "bigint") return expr::Type::integer;
  if (word == "decimal") return expr::Type::decimal;
  if (word == "bool" || word == "boolean") return expr::Type::boolean;
  if (word == "date") return expr::Type::date;
  if (word == "timestamp") return expr::Type::timestamp;
  return std::nullopt;
}

bool is_decimal(std::string_view text) {
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) text.remove_prefix(1);
  const std::size_t point = text.find('.');
  const auto digits = [](std::string_view part) {
    return !part.empty() && part.find_first_not_of("0123456789") == std::string_view::npos;
  };
  if (point == std::string_view::npos) return digits(text);
  return digits(text.substr(0, point)) && digits(text.substr(point + 1));
}

/// Without a plus sign and needless zeros in front.
std::string canonical_decimal(std::string_view text) {
  const bool negative = text.front() == '-';
  if (negative || text.front() == '+') text.remove_prefix(1);
  while (text.size() > 1 && text[0] == '0' && text[1] != '.') text.remove_prefix(1);
  return (negative ? "-" : "") + std::string(text);
}

std::optional<types::Value> integer_value(std::string_view text) {
  std::int64_t number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  if (read.ec != std::errc() || read.ptr != text.data() + text.size()) return std::nullopt;
  return number;
}

std::optional<types::Value> boolean_value(std::string_view text) {
  if (text::ascii_iequals(text, "true")) return true;
  if (text::ascii_iequals(text, "false")) return false;
  return std::nullopt;
}

std::optional<types::Value> value_from_text(expr::Type type, const std::string& text) {
  switch (type) {
    case expr::Type::integer:
      return integer_value(text);
    case expr::Type::boolean:
      return boolean_value(text);
    case expr::Type::decimal:
      if (!is_decimal(text)) return std::nullopt;
      return types::Decimal{canonical_decimal(text)};
    case expr::Type::date: {
      const auto days = types::parse_date(text);
      if (!days) return std::nullopt;
      return types::Date{*days};
    }
    case expr::Type::timestamp: {
      const auto micros = types::parse_instant(text);
      if (!micros) return std::nullopt;
      return types::Timestamp{*micros};
    }
    default:
      return text;
  }
}

/// The default's value as the parameter's type: int fits decimal, a text reads as date or timestamp.
std::optional<types::Value> fitted(expr::Type type, const types::Value& value) {
  if (types::is_null(value)) return value;
  if (type == expr::Type::decimal && std::holds_alternative<std::int64_t>(value)) return types::Decimal{types::to_text(value)};
  const bool text = std::holds_alternative<std::string>(value);
  if (text && (type == expr::Type::date || type == expr::Type::timestamp))
    return value_from_text(type, std::get<std::string>(value));
  return value;
}

bool fits(expr::Type wanted, expr::Type given) {
  if (wanted == given || given == expr::Type::null) return true;
  if (wanted == expr::Type::decimal) return given == expr::Type::integer;
  return (wanted == expr::Type::date || wanted == expr::Type::timestamp) && given == expr::Type::string;
}

/// Binds parameters on demand, so that a default may use any other one.
class Binder {
 public:
  explicit Binder(Context& context) : context_(context) {}

  void all() {
    for (const auto& [name, declared] : context_.declared.params) bind(name, declared);
  }

 private:
  using Entry = Declared<ast::ParamStatement>;

  void bind(const std::string& name, const Entry& declared) {
    if (is_predeclared(name)) {
      context_.sink.emit(
          diag::DefinedTwice("parameter", name).at(declared.span, "this name is predeclared").with_help("choose another name"));
    }
    if (context_.unit.parameters.count(name) != 0) return;
    if (!open_.insert(name).second) return report_loop(name, declared);
    bind_used(*declared.statement);
    bound::Parameter parameter;
    parameter.name = name;
    parameter.span = declared.span;
    const auto type = type_named(declared.statement->type);
    if (!type) report_type(*declared.statement);
    parameter.type = type.value_or(expr::Type::string);
    if (type) give_value(parameter, *declared.statement);
    open_.erase(name);
    const auto added = context_.unit.parameters.insert_or_assign(name, std::move(parameter)).first;
    if (declared.statement->check) check(added->second, *declared.statement->check);
  }

  void bind_used(const ast::ParamStatement& statement) {
    if (!statement.default_value) return;
    walk(*statement.default_value, [this](const ast::Expr& part) {
      if (part.kind != ast::ExprKind::parameter) return;
      const auto used = context_.declared.params.find(part.text);
      context_.used_params.insert(part.text);
      if (used != context_.declared.params.end()) bind(used->first, used->second);
    });
  }

  void report_loop(const std::string& name, const Entry& declared) {
    context_.sink.emit(diag::ParameterValue(name, "its DEFAULT leads back to itself").at(declared.span));
    bound::Parameter placeholder;
    placeholder.type = expr::Type::null;
    context_.unit.parameters.emplace(name, std::move(placeholder));
  }

  void report_type(const ast::ParamStatement& statement) {
    std::string written = statement.type.words.empty() ? "" : text::ascii_lower(statement.type.words.front().text);
    context_.sink.emit(diag::ParameterValue(statement.name.text, "a parameter is string, int, decimal, bool, date or timestamp")
                           .at(statement.type.span)
                           .did_you_mean(written, {"string", "int", "decimal", "bool", "date", "timestamp"}));
  }

  void give_value(bound::Parameter& parameter, const ast::ParamStatement& statement) {
    const auto given = context_.options.parameters.find(parameter.name);
    if (statement.default_secret) {
      if (check_secret(*statement.default_secret, context_.unit.not_built, context_.sink))
        parameter.secret_reference = statement.default_secret->reference;
      if (given != context_.options.parameters.end()) {
        context_.sink.emit(diag::ParameterValue(parameter.name, "comes from a SECRET, so --param may not set it")
                               .at(parameter.span)
                               .with_help("set the environment variable or file that the reference names"));
      }
    } else if (given != context_.options.parameters.end()) {
      take_text(parameter, given->second);
    } else if (statement.default_value) {
      take_default(parameter, statement);
    }
  }

  void take_text(bound::Parameter& parameter, const std::string& text) {
    const auto value = value_from_text(parameter.type, text);
    parameter.known = value.has_value();
    if (value) {
      parameter.value = *value;
    } else {
      context_.sink.emit(
          diag::ParameterValue(parameter.name, "`" + text::printable(text) + "` is no " + expr::to_string(parameter.type))
              .at(parameter.span));
    }
  }

  [[nodiscard]] Scope default_scope(const bound::Parameter& parameter) const {
    Scope scope;
    scope.unit = &context_.unit;
    scope.latest = expr::Phase::run;
    scope.when = "a run starts";
    scope.what = "the default of `" + parameter.name + "`";
    return scope;
  }

  void take_default(bound::Parameter& parameter, const ast::ParamStatement& statement) {
    const ast::Expr& written = *statement.default_value;
    Scope scope = default_scope(parameter);
    scope.per_instance = true;
    const expr::ExprPtr typed = type_expression(written, scope, context_.sink);
    if (!typed) return;
    if (!fits(parameter.type, typed->type)) {
      context_.sink.emit(diag::ParameterValue(parameter.name, std::string("is ") + expr::to_string(parameter.type) +
                                                                  ", its default is " + expr::to_string(typed->type))
                             .at(written.span));
      return;
    }
    parameter.phase = typed->phase == expr::Phase::plan ? expr::Phase::plan : expr::Phase::run;
    if (typed->op == expr::Op::constant) return take_constant(parameter, *typed, written.span);
    parameter.computed = as_declared(typed, parameter.type, statement.type);
    const expr::ExprPtr now = type_expression(written, default_scope(parameter), context_.sink);
    if (now && now->op == expr::Op::constant) take_constant(parameter, *now, written.span);
  }

  /// A text as the date or timestamp that the parameter is.
  expr::ExprPtr as_declared(const expr::ExprPtr& typed, expr::Type type, const ast::TypeRef& written) {
    const bool time = type == expr::Type::date || type == expr::Type::timestamp;
    if (!time || typed->type != expr::Type::string) return typed;
    auto made = std::make_shared<expr::Expr>();
    made->op = expr::Op::cast;
    made->type = type;
    made->phase = typed->phase;
    made->cast_to = logical_type(written, "", context_.sink);
    made->args = {typed};
    return made;
  }

  void take_constant(bound::Parameter& parameter, const expr::Expr& typed, const source::Span& at) {
    const auto value = fitted(parameter.type, typed.value);
    parameter.known = value.has_value();
    if (value) parameter.value = *value;
    if (!value)
      context_.sink.emit(
          diag::ParameterValue(parameter.name, std::string("its default is no ") + expr::to_string(parameter.type)).at(at));
  }

  void check(const bound::Parameter& parameter, const ast::Expr& written) {
    Scope scope;
    scope.unit = &context_.unit;
    scope.latest = expr::Phase::run;
    scope.when = "a run starts";
    scope.what = "the CHECK of `" + parameter.name + "`";
    const expr::ExprPtr typed = type_expression(written, scope, context_.sink);
    if (!typed) return;
    if (typed->type != expr::Type::boolean && typed->type != expr::Type::null) {
      return context_.sink.emit(diag::ConditionType(expr::to_string(typed->type)).at(written.span));
    }
    const bool failed =
        typed->op == expr::Op::constant && std::holds_alternative<bool>(typed->value) && !std::get<bool>(typed->value);
    if (failed && parameter.known) {
      context_.sink.emit(diag::ParameterCheck(parameter.name, "`" + text::printable(types::to_text(parameter.value)) + "`")
                             .at(written.span, "must hold")
                             .also(parameter.span, "declared here"));
    }
  }

  Context& context_;
  std::set<std::string> open_;
};

types::Value instance_value(std::string_view name, std::int64_t started_at, const std::string& timezone) {
  if (name == "scheduled_at") return types::Timestamp{started_at};
  auto now = std::make_shared<expr::Expr>();
  now->type = expr::Type::timestamp;
  now->value = types::Timestamp{started_at};
  auto unit = std::make_shared<expr::Expr>();
  unit->type = expr::Type::string;
  unit->value = std::string("day");
  auto call = std::make_shared<expr::Expr>();
  call->op = expr::Op::call;
  call->name = name == "bizdate" ? "date" : "trunc";
  call->args = {now};
  if (name != "bizdate") call->args.push_back(unit);
  auto back = std::make_shared<expr::Expr>();
  back->type = expr::Type::interval;
  back->value = types::Interval{0, name == "window_end" ? 0 : 1, 0};
  auto result = std::make_shared<expr::Expr>();
  result->op = expr::Op::subtract;
  result->type = call->type = name == "bizdate" ? expr::Type::date : expr::Type::timestamp;
  result->args = {call, back};
  expr::Environment environment;
  environment.timezone = timezone;
  return expr::evaluate(*result, environment);
}

/// An instance without a schedule counts as daily (LANGUAGE 2.7): what a run started at `started_at` stands for.
void bind_instance(Context& context) {
  if (context.options.started_at == 0) return;
  try {
    for (const Predeclared& one : kPredeclared) {
      if (!one.of_instance) continue;
      bound::Parameter parameter;
      parameter.name = one.name;
      parameter.type = one.type;
      parameter.value = instance_value(one.name, context.options.started_at, context.unit.timezone);
      parameter.known = true;
      parameter.phase = expr::Phase::run;
      context.unit.parameters.emplace(one.name, std::move(parameter));
    }
  } catch (const expr::EvaluationError& error) {
    context.sink.emit(diag::SettingType("timezone", "a zone name such as 'Europe/Berlin'", "`" + context.unit.timezone + "`")
                          .note(error.what()));
  }
}

}  // namespace

bool is_predeclared(std::string_view name) {
  return std::any_of(std::begin(kPredeclared), std::end(kPredeclared), [&](const Predeclared& one) { return one.name == name; });
}

bool is_instance_name(std::string_view name) {
  return std::any_of(std::begin(kPredeclared), std::end(kPredeclared),
                     [&](const Predeclared& one) { return one.of_instance && one.name == name; });
}

std::vector<std::string> predeclared_names() {
  std::vector<std::string> names;
  for (const auto& one : kPredeclared) names.emplace_back(one.name);
  return names;
}

expr::ExprPtr predeclared(std::string_view name, const bound::Unit* unit) {
  for (const auto& one : kPredeclared) {
    if (one.name != name) continue;
    auto made = std::make_shared<expr::Expr>();
    made->op = expr::Op::parameter;
    made->type = one.type;
    made->phase = expr::Phase::run;
    made->name = one.name;
    const auto found =
        unit != nullptr ? unit->parameters.find(made->name) : std::map<std::string, bound::Parameter>::const_iterator{};
    if (unit != nullptr && found != unit->parameters.end() && found->second.known) {
      made->op = expr::Op::constant;
      made->value = found->second.value;
    }
    return made;
  }
  return nullptr;
}

diag::Diagnostic unknown_parameter(std::string_view name, const source::Span& span, std::vector<std::string> known) {
  for (std::string& one : known) one.insert(0, 1, ':');
  diag::Diagnostic finding = diag::UnknownParameter(name).at(span);
  std::move(finding).did_you_mean(":" + std::string(name), known);
  return finding;
}

bool check_secret(const ast::Secret& secret, std::vector<bound::NotBuilt>& not_built, diag::Sink& sink) {
  const std::size_t colon = secret.reference.find(':');
  const std::string kind = secret.reference.substr(0, colon == std::string::npos ? 0 : colon);
  const bool named = colon != std::string::npos && colon + 1 < secret.reference.size();
  if (named && (kind == "env" || kind == "file")) return true;
  if (named && kind == "vault") {
    not_built.push_back({"SECRET 'vault:…'", secret.span, "SECRET"});
    return true;
  }
  // The text may be the secret itself, written by mistake: it is not shown.
  sink.emit(diag::SecretReference("SECRET '…'")
                .at(secret.span)
                .with_help("write SECRET 'env:NAME' or SECRET 'file:PATH': where the secret lies, never the secret itself"));
  return false;
}

void require_values(const bound::Unit& unit, diag::Sink& sink) {
  for (const auto& [name, parameter] : unit.parameters) {
    if (parameter.known || parameter.computed || !parameter.secret_reference.empty()) continue;
    sink.emit(diag::ParameterValue(name, "has no value")
                  .at(parameter.span, "no DEFAULT")
                  .with_help("give it one: --param " + name + "=…"));
  }
}

void report_unknown_params(std::vector<Context>& contexts) {
  std::vector<std::string> known;
  for (const Context& context : contexts) {
    if (context.incomplete || context.options.other_revision) return;
    for (const auto& entry : context.declared.params) known.push_back(entry.first);
  }
  for (const auto& [name, value] : contexts.front().options.parameters) {
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    contexts.front().sink.emit(
        diag::UnknownParameter(name).with_help("--param sets a PARAM of the script").did_you_mean(name, known));
  }
}

void bind_parameters(Context& context) {
  bind_instance(context);
  Binder(context).all();
}

}  // namespace syncline::analyze
