#include <re2/re2.h>

#include <algorithm>
#include <map>

#include "compiler/analyze/patterns.h"
#include "compiler/analyze/typer.h"
#include "compiler/analyze/types.h"
#include "stdlib/base/text.h"

namespace syncline::analyze {
namespace {

using expr::Type;
using functions::Function;

std::vector<std::string> function_names() {
  std::vector<std::string> names;
  for (const Function& one : functions::all()) names.emplace_back(one.name);
  return names;
}

/// `partial(keep_left, keep_right)`: how a call is written.
std::string signature(const Function& function, std::size_t implicit) {
  std::string text(function.name);
  text += '(';
  for (std::size_t i = implicit; i < function.parameters.size(); ++i) {
    const auto& parameter = function.parameters[i];
    text += (i == implicit ? "" : ", ") + std::string(parameter.name) +
            (parameter.variadic   ? "…"
             : parameter.optional ? "?"
                                  : "");
  }
  return text + ')';
}

bool accepts(Type wanted, Type given) {
  if (wanted == Type::null || given == Type::null || wanted == given) return true;
  const auto number = [](Type type) { return type == Type::integer || type == Type::decimal; };
  const auto time = [](Type type) { return type == Type::date || type == Type::timestamp; };
  return (number(wanted) && number(given)) || (time(wanted) && time(given));
}

const functions::Parameter& parameter_at(const Function& function, std::size_t index) {
  return function.parameters[std::min(index, function.parameters.size() - 1)];
}

Type result_type(const Function& function, const expr::Expr& made) {
  if (!function.result.of_argument) return function.result.type;
  Type result = Type::null;
  for (std::size_t i = 0; i < made.args.size(); ++i) {
    const auto& parameter = function.parameters[std::min(i, function.parameters.size() - 1)];
    const bool decides = i == 0 || parameter.type == Type::null;  // not the unit of trunc
    if (decides) result = common(result, made.args[i]->type).value_or(result);
  }
  return result;
}

/// `yyyyMMdd` of other products as strftime, when every letter run is known.
std::optional<std::string> strftime_of(const std::string& format) {
  static const std::pair<std::string_view, std::string_view> kParts[] = {
      {"yyyy", "%Y"}, {"YYYY", "%Y"}, {"MM", "%m"}, {"dd", "%d"}, {"DD", "%d"},
      {"HH", "%H"},   {"hh24", "%H"}, {"mi", "%M"}, {"mm", "%M"}, {"ss", "%S"}};
  std::string result;
  for (std::size_t at = 0; at < format.size();) {
    const auto part = std::find_if(std::begin(kParts), std::end(kParts),
                                   [&](const auto& one) { return format.compare(at, one.first.size(), one.first) == 0; });
    if (part != std::end(kParts)) {
      result += part->second;
      at += part->first.size();
    } else if (std::isalpha(static_cast<unsigned char>(format[at])) != 0) {
      return std::nullopt;
    } else {
      result += format[at++];
    }
  }
  if (format == "yyyymmdd") return "%Y%m%d";
  return result;
}

/// How this language says what other dialects have a function for; null when nothing is known.
const char* equivalent(const std::string& name) {
  static const std::map<std::string_view, const char*> kKnown = {
      {"concat", "texts are joined with `||`"},
      {"concat_ws", "texts are joined with `||`"},
      {"ifnull", "use `coalesce(…)`"},
      {"nvl", "use `coalesce(…)`"},
      {"isnull", "use `coalesce(…)` or `IS NULL`"},
      {"if", "use `CASE WHEN … THEN … ELSE … END`"},
      {"iif", "use `CASE WHEN … THEN … ELSE … END`"},
      {"decode", "use `CASE WHEN … THEN … ELSE … END`"},
      {"date_format", "use `format(date, '%Y-%m-%d')`"},
      {"to_char", "use `format(date, '%Y-%m-%d')`"},
      {"strftime", "use `format(date, '%Y-%m-%d')`"},
      {"to_date", "use `parse_date(text, '%Y-%m-%d')`"},
      {"str_to_date", "use `parse_date(text, '%Y-%m-%d')`"},
      {"to_timestamp", "use `parse_timestamp(text, '%Y-%m-%d %H:%M:%S')`"},
      {"date_trunc", "use `trunc(date, 'day')`"},
      {"date_add", "add an interval: `date + INTERVAL 1 DAY`"},
      {"dateadd", "add an interval: `date + INTERVAL 1 DAY`"},
      {"date_sub", "subtract an interval: `date - INTERVAL 1 DAY`"},
      {"add_months", "add an interval: `date + INTERVAL 1 MONTH`"},
      {"now", "use `:started_at`, which is the same for all rows of a run"},
      {"current_timestamp", "use `:started_at`, which is the same for all rows of a run"},
      {"sysdate", "use `:started_at`, which is the same for all rows of a run"},
      {"getdate", "use `:started_at`, which is the same for all rows of a run"},
      {"curdate", "use `date(:started_at)`"},
      {"current_date", "use `date(:started_at)`"},
      {"substring", "use `substr(text, from, count)`"},
      {"mid", "use `substr(text, from, count)`"},
      {"ucase", "use `upper(…)`"},
      {"lcase", "use `lower(…)`"},
      {"len", "use `length(…)`"},
      {"char_length", "use `length(…)`"}};
  const auto found = kKnown.find(name);
  return found == kKnown.end() ? nullptr : found->second;
}

/// Only the name is at fault, so that a fix leaves the arguments alone.
void report_unknown_function(const ast::Expr& e, const std::string& name, diag::Sink& sink) {
  source::Span span = e.span;
  span.end = std::min(span.end, span.begin + static_cast<std::uint32_t>(e.text.size()));
  diag::Diagnostic finding = diag::UnknownFunction(e.text).at(span);
  if (const char* help = equivalent(name)) {
    std::move(finding).with_help(help);
  } else {
    std::move(finding).did_you_mean(name, function_names());
  }
  sink.emit(std::move(finding));
}

std::string groups_text(int groups) {
  return groups == 0 ? "no group" : groups == 1 ? "1 group" : std::to_string(groups) + " groups";
}

const std::string* text_argument(const expr::Expr& made, std::size_t index) {
  if (index >= made.args.size() || made.args[index]->op != expr::Op::constant) return nullptr;
  return std::get_if<std::string>(&made.args[index]->value);
}

}  // namespace

bool Typer::check_count(const ast::Expr& e, const Function& function, std::size_t implicit) {
  const std::size_t given = e.args.size() + implicit;
  const auto required = static_cast<std::size_t>(
      std::count_if(function.parameters.begin(), function.parameters.end(), [](const auto& p) { return !p.optional; }));
  const bool open = !function.parameters.empty() && function.parameters.back().variadic;
  if (given >= required && (open || given <= function.parameters.size())) return true;
  sink_.emit(diag::CallArguments(function.name, "takes " + signature(function, implicit) + ", not " +
                                                    std::to_string(e.args.size()) +
                                                    (e.args.size() == 1 ? " argument" : " arguments"))
                 .at(e.span)
                 .with_help(std::string(function.doc)));
  return false;
}

bool Typer::check_arguments(const ast::Expr& e, const Function& function, const expr::Expr& made, std::size_t implicit) {
  for (std::size_t i = implicit; i < made.args.size(); ++i) {
    const auto& parameter = parameter_at(function, i);
    if (accepts(parameter.type, made.args[i]->type)) continue;
    const ast::Expr& written = *e.args[i - implicit];
    sink_.emit(diag::CallArguments(function.name, std::string("`") + std::string(parameter.name) + "` is " +
                                                      expr::to_string(parameter.type) + ", " + with_type(written, *made.args[i]))
                   .at(written.span)
                   .with_help(std::string(function.doc)));
    return false;
  }
  return true;
}

bool Typer::check_format(const ast::Expr& e, const std::string& format) {
  if (format.find('%') != std::string::npos) return true;
  auto finding = diag::FormatPattern("'" + format + "'").at(e.args[1]->span);
  if (const auto better = strftime_of(format); better && better->find('%') != std::string::npos) {
    std::move(finding)
        .with_help("did you mean '" + *better + "'?")
        .with_fix({e.args[1]->span, "'" + *better + "'", "write '" + *better + "'", true});
  } else {
    std::move(finding).with_help("formats are strftime: '%Y%m%d' is 20261120");
  }
  sink_.emit(std::move(finding));
  return false;
}

bool Typer::check_regex(const ast::Expr& e, const expr::Expr& made) {
  const std::string* pattern = text_argument(made, 1);
  if (pattern == nullptr) return true;
  const RE2& compiled = regex(*pattern, connectors::NameCase::sensitive);
  if (!compiled.ok()) {
    sink_.emit(diag::BadRegex(text::printable(compiled.error())).at(e.args[1]->span));
    return false;
  }
  const std::string* replacement = made.name == "regexp_replace" ? text_argument(made, 2) : nullptr;
  for (std::size_t at = 0; replacement != nullptr && at + 1 < replacement->size(); ++at) {
    if ((*replacement)[at] != '\\') continue;
    const char group = (*replacement)[++at];
    if (group < '0' || group > '9' || group - '0' <= compiled.NumberOfCapturingGroups()) continue;
    sink_.emit(
        diag::RegexGroup(made.name, std::string(1, group), groups_text(compiled.NumberOfCapturingGroups())).at(e.args[2]->span));
    return false;
  }
  return true;
}

bool Typer::check_texts(const ast::Expr& e, const expr::Expr& made) {
  const bool formats = made.name == "format" || made.name == "parse_date" || made.name == "parse_timestamp";
  if (formats && e.args.size() == made.args.size()) {
    const std::string* format = text_argument(made, 1);
    if (format != nullptr && !check_format(e, *format)) return false;
  }
  const bool regexes = made.name == "regexp_like" || made.name == "regexp_extract" || made.name == "regexp_replace";
  return !regexes || e.args.size() != made.args.size() || check_regex(e, made);
}

expr::ExprPtr Typer::call(const ast::Expr& e, bool mask) {
  const std::string name = text::ascii_lower(e.text);
  const Function* function = functions::find(name);
  if (function == nullptr) {
    report_unknown_function(e, name, sink_);
    return nullptr;
  }
  if (function->use == functions::Use::mask_only && !mask) {
    sink_.emit(diag::MaskOnly(name).at(e.span).with_help("COLUMNS (MASK column USING " + name + "(…))"));
    return nullptr;
  }
  auto made = std::make_shared<expr::Expr>();
  made->op = expr::Op::call;
  made->name = name;
  const std::size_t implicit = mask ? 1 : 0;
  if (mask) {
    auto column = masked_column();
    if (!column) return nullptr;
    made->phase = expr::Phase::row;
    made->args.push_back(std::move(column));
  }
  if (!check_count(e, *function, implicit) || !parts(e, made)) return nullptr;
  if (!check_arguments(e, *function, *made, implicit) || !check_texts(e, *made)) return nullptr;
  made->type = result_type(*function, *made);
  if (!function->in_conditions && !pushable(e, *made, name)) return nullptr;
  return made;
}

/// The column that a MASK is about: its first argument, unwritten.
expr::ExprPtr Typer::masked_column() {
  auto made = std::make_shared<expr::Expr>();
  made->op = expr::Op::column;
  made->phase = expr::Phase::row;
  made->name = scope_.names != nullptr ? scope_.names->column : "";
  if (!scope_.column || made->name.empty()) return made;
  const std::string wanted = made->name;
  const auto type = scope_.column(wanted, &made->name);
  if (!type) return nullptr;
  made->column_type = *type;
  made->type = expression_type(*type);
  return made;
}

expr::ExprPtr Typer::type_whole(const ast::Expr& e) {
  if (scope_.mask && e.kind == ast::ExprKind::call) return call(e, true);
  return type(e);
}

}  // namespace syncline::analyze
