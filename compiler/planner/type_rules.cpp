#include "compiler/planner/type_rules.h"

#include <algorithm>
#include <charconv>
#include <set>
#include <stdexcept>
#include <utility>
#include <variant>

#include "compiler/diag/diagnostic.h"
#include "compiler/parse/parse.h"
#include "compiler/source/source.h"
#include "stdlib/base/text.h"
#include "stdlib_mappings.h"

namespace syncline::planner {
namespace {

std::string join_words(const std::vector<ast::Name>& words, std::size_t begin, std::size_t end) {
  std::string joined;
  for (std::size_t i = begin; i < end; ++i) joined += (i == begin ? "" : " ") + words[i].text;
  return joined;
}

std::string all_words(const ast::TypeRef& type) {
  return text::ascii_lower(join_words(type.words, 0, type.words.size()));
}

/// all_words(type) == words, without making it.
bool words_are(const ast::TypeRef& type, std::string_view words) {
  for (std::size_t i = 0; i < type.words.size(); ++i) {
    const std::string& word = type.words[i].text;
    if (i > 0) {
      if (words.empty() || words.front() != ' ') return false;
      words.remove_prefix(1);
    }
    if (!text::ascii_iequals(words.substr(0, word.size()), word)) return false;
    words.remove_prefix(word.size());
  }
  return words.empty();
}

std::string quote_label(const std::string& text) {
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? "''" : std::string(1, c);
  return quoted + "'";
}

/// The name of a variable, or empty: one word, without arguments, in lower case.
std::string variable(const ast::TypeArgument& argument) {
  if (argument.integer || !argument.type || argument.type->native_text || argument.type->has_arguments) return {};
  if (argument.type->words.size() != 1) return {};
  const std::string& word = argument.type->words.front().text;
  return word == text::ascii_lower(word) ? word : std::string();
}

std::string argument_text(const ast::TypeArgument& argument, const Bindings& bindings);

std::string type_argument_text(const ast::TypeRef& type, const Bindings& bindings) {
  if (type.native_text) return quote_label(*type.native_text);
  return native_type(type, bindings).text;
}

std::string argument_text(const ast::TypeArgument& argument, const Bindings& bindings) {
  if (argument.integer) return std::to_string(*argument.integer);
  const std::string name = variable(argument);
  const auto bound = bindings.find(name);
  if (!name.empty() && bound != bindings.end()) return bound->second;
  return argument.type ? type_argument_text(*argument.type, bindings) : std::string();
}

bool arguments_match(const ast::TypeRef& from, const TypeText& type, Bindings* bindings) {
  if (!from.has_arguments) return true;
  if (from.arguments.size() != type.arguments.size()) return false;
  for (std::size_t i = 0; i < from.arguments.size(); ++i) {
    const std::string name = variable(from.arguments[i]);
    if (!name.empty()) {
      (*bindings)[name] = type.arguments[i];
    } else if (text::ascii_lower(argument_text(from.arguments[i], {})) != text::ascii_lower(type.arguments[i])) {
      return false;
    }
  }
  return true;
}

/// A value inside a guard; monostate is NULL (and "unknown").
using GuardValue = std::variant<std::monostate, bool, std::int64_t, std::string>;

std::optional<std::int64_t> to_integer(const std::string& text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return number;
}

GuardValue from_text(const std::string& text) {
  if (const auto number = to_integer(text)) return *number;
  return text;
}

class Guard {
 public:
  Guard(const Bindings& bindings, const ColumnFacts& facts) : bindings_(bindings), facts_(facts) {}

  GuardValue value(const ast::Expr& expr) const {
    using Kind = ast::ExprKind;
    switch (expr.kind) {
      case Kind::true_literal:
        return true;
      case Kind::false_literal:
        return false;
      case Kind::integer:
        return from_text(expr.text);
      case Kind::string:
        return expr.text;
      case Kind::path:
        return path(expr);
      case Kind::parenthesized:
        return value(*expr.args.at(0));
      case Kind::negate:
        return negated(value(*expr.args.at(0)));
      case Kind::logical_not:
        return inverted(value(*expr.args.at(0)));
      case Kind::is_null:
        return std::holds_alternative<std::monostate>(value(*expr.args.at(0))) != expr.negated;
      case Kind::in_list:
        return in_list(expr);
      case Kind::between:
        return between(expr);
      case Kind::binary:
        return binary(expr);
      default:
        return {};
    }
  }

 private:
  static GuardValue negated(const GuardValue& of) {
    const auto* number = std::get_if<std::int64_t>(&of);
    return number ? GuardValue(-*number) : GuardValue();
  }
  static GuardValue inverted(const GuardValue& of) {
    const auto* truth = std::get_if<bool>(&of);
    return truth ? GuardValue(!*truth) : GuardValue();
  }

  GuardValue path(const ast::Expr& expr) const {
    if (expr.path.size() == 1) {
      const auto bound = bindings_.find(expr.path[0].text);
      return bound == bindings_.end() ? GuardValue() : from_text(bound->second);
    }
    if (expr.path.size() != 2 || text::ascii_lower(expr.path[0].text) != "column" || !facts_.column) return {};
    return property(text::ascii_lower(expr.path[1].text));
  }

  GuardValue property(const std::string& name) const {
    const types::Column& column = *facts_.column;
    if (name == "name") return column.name;
    if (name == "nullable") return column.nullable;
    if (name == "unsigned") return (" " + column.native.words + " ").find(" unsigned ") != std::string::npos;
    if (name == "auto_increment") return column.auto_increment;
    if (name == "key") return facts_.key;
    if (name == "charset") return column.charset.empty() ? GuardValue() : GuardValue(column.charset);
    if (name == "length" && !column.native.arguments.empty()) return from_text(column.native.arguments.front());
    return {};
  }

  GuardValue in_list(const ast::Expr& expr) const {
    const GuardValue wanted = value(*expr.args.at(0));
    if (std::holds_alternative<std::monostate>(wanted)) return {};
    bool found = false;
    for (std::size_t i = 1; i < expr.args.size(); ++i) found = found || value(*expr.args[i]) == wanted;
    return found != expr.negated;
  }

  GuardValue between(const ast::Expr& expr) const {
    const GuardValue low = compare(">=", value(*expr.args.at(0)), value(*expr.args.at(1)));
    const GuardValue high = compare("<=", value(*expr.args.at(0)), value(*expr.args.at(2)));
    const bool* above = std::get_if<bool>(&low);
    const bool* below = std::get_if<bool>(&high);
    return above && below ? GuardValue((*above && *below) != expr.negated) : GuardValue();
  }

  GuardValue binary(const ast::Expr& expr) const {
    const GuardValue left = value(*expr.args.at(0));
    const GuardValue right = value(*expr.args.at(1));
    if (expr.text == "AND" || expr.text == "OR") return logical(expr.text == "AND", left, right);
    if (expr.text == "+" || expr.text == "-" || expr.text == "*") return arithmetic(expr.text[0], left, right);
    return compare(expr.text, left, right);
  }

  static GuardValue logical(bool conjunction, const GuardValue& left, const GuardValue& right) {
    const bool* a = std::get_if<bool>(&left);
    const bool* b = std::get_if<bool>(&right);
    if ((a && *a != conjunction) || (b && *b != conjunction)) return !conjunction;
    return a && b ? GuardValue(conjunction) : GuardValue();
  }

  static GuardValue arithmetic(char op, const GuardValue& left, const GuardValue& right) {
    const auto* a = std::get_if<std::int64_t>(&left);
    const auto* b = std::get_if<std::int64_t>(&right);
    if (!a || !b) return {};
    return op == '+' ? *a + *b : op == '-' ? *a - *b : *a * *b;
  }

  static GuardValue compare(const std::string& op, const GuardValue& left, const GuardValue& right) {
    if (left.index() != right.index() || left.index() == 0) return {};
    if (op == "=") return left == right;
    if (op == "<>") return left != right;
    if (op == "<") return left < right;
    if (op == "<=") return left <= right;
    if (op == ">") return left > right;
    if (op == ">=") return left >= right;
    return {};
  }

  const Bindings& bindings_;
  const ColumnFacts& facts_;
};

bool guard_holds(const ast::Expr& when, const Bindings& bindings, const ColumnFacts& facts) {
  const GuardValue result = Guard(bindings, facts).value(when);
  const bool* truth = std::get_if<bool>(&result);
  return truth && *truth;
}

using RuleKey = std::pair<std::string, std::string>;
using RuleTable = std::map<RuleKey, std::vector<ast::TypeRule>>;

void add_rules(const ast::Script& script, RuleTable* table) {
  for (const ast::Statement& statement : script.statements) {
    const auto* mapping = std::get_if<ast::TypeMappingStatement>(&statement.body);
    if (!mapping) continue;
    auto& rules = (*table)[{text::ascii_lower(mapping->from.text), text::ascii_lower(mapping->to.text)}];
    rules.insert(rules.end(), mapping->rules.begin(), mapping->rules.end());
  }
}

RuleTable read_built_in() {
  source::SourceSet sources;
  diag::Sink sink;
  RuleTable table;
  for (const auto& file : mappings::kFiles) {
    const source::SourceId id = sources.add("<stdlib " + std::string(file.name) + ">", std::string(file.text));
    add_rules(parse::parse(sources, id, sink), &table);
  }
  if (sink.has_errors()) throw std::logic_error("built-in type mapping does not parse: " + sink.all().front().message);
  return table;
}

/// Splits at commas outside quotes and parentheses.
std::vector<std::string> split_arguments(const std::string& text) {
  std::vector<std::string> parts;
  std::string part;
  int depth = 0;
  bool quoted = false;
  for (const char c : text) {
    if (c == '\'') quoted = !quoted;
    if (!quoted && c == '(') ++depth;
    if (!quoted && c == ')') --depth;
    if (c == ',' && !quoted && depth == 0) {
      parts.push_back(part);
      part.clear();
    } else if (c != ' ' || quoted || !part.empty()) {
      part += c;
    }
  }
  if (!part.empty() || !parts.empty()) parts.push_back(part);
  return parts;
}

std::string squeeze(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c != ' ' || (!out.empty() && out.back() != ' ')) out += c;
  }
  while (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

std::string integer_words(const types::LogicalType& type, const char* name) {
  return std::string(name) + (type.is_unsigned ? " unsigned" : "");
}

std::vector<std::string> scale_argument(const types::LogicalType& type) {
  return type.scale < 0 ? std::vector<std::string>() : std::vector<std::string>{std::to_string(type.scale)};
}

std::vector<std::string> length_argument(const types::LogicalType& type) {
  return type.length < 0 ? std::vector<std::string>() : std::vector<std::string>{std::to_string(type.length)};
}

std::vector<std::string> decimal_arguments(const types::LogicalType& type) {
  if (type.precision < 0) return {};
  return {std::to_string(type.precision), std::to_string(std::max(type.scale, 0))};
}

std::vector<std::string> label_arguments(const types::LogicalType& type) {
  std::vector<std::string> quoted;
  for (const std::string& label : type.labels) quoted.push_back(quote_label(label));
  return quoted;
}

}  // namespace

bool rule_matches(const ast::TypeRule& rule, const TypeText& type, const ColumnFacts& facts, Bindings* bindings) {
  Bindings found;
  if (rule.from.native_text) {
    const types::NativeType wanted = parse_native(*rule.from.native_text);
    if (wanted.words != type.words || (!wanted.arguments.empty() && wanted.arguments != type.arguments)) return false;
  } else if (!words_are(rule.from, type.words) || !arguments_match(rule.from, type, &found)) {
    return false;
  }
  if (rule.when && !guard_holds(*rule.when, found, facts)) return false;
  *bindings = std::move(found);
  return true;
}

const ast::TypeRule* first_match(const std::vector<ast::TypeRule>& rules, const TypeText& type, const ColumnFacts& facts,
                                 Bindings* bindings) {
  const auto match = std::find_if(rules.begin(), rules.end(),
                                  [&](const ast::TypeRule& rule) { return rule_matches(rule, type, facts, bindings); });
  return match == rules.end() ? nullptr : &*match;
}

types::NativeType native_type(const ast::TypeRef& written, const Bindings& bindings) {
  if (written.native_text) return parse_native(*written.native_text);
  types::NativeType native;
  native.words = all_words(written);
  native.text = join_words(written.words, 0, written.has_arguments ? written.words_before : written.words.size());
  if (!written.has_arguments) return native;
  native.text += "(";
  for (const ast::TypeArgument& argument : written.arguments) {
    const std::string text = argument_text(argument, bindings);
    native.text += (native.arguments.empty() ? "" : ",") + text;
    native.arguments.push_back(text);
  }
  native.text += ")";
  const std::string rest = join_words(written.words, written.words_before, written.words.size());
  if (!rest.empty()) native.text += " " + rest;
  return native;
}

TypeText type_text(const ast::TypeRef& written, const Bindings& bindings) {
  const types::NativeType native = native_type(written, bindings);
  return {native.words, native.arguments};
}

types::NativeType parse_native(const std::string& text) {
  types::NativeType native;
  native.text = text;
  const std::size_t open = text.find('(');
  const std::size_t close = text.rfind(')');
  if (open == std::string::npos || close == std::string::npos || close < open) {
    native.words = text::ascii_lower(squeeze(text));
    return native;
  }
  const std::string tail = text.substr(close + 1);
  native.words = text::ascii_lower(squeeze(text.substr(0, open) + (tail.rfind("[", 0) == 0 ? "" : " ") + tail));
  native.arguments = split_arguments(text.substr(open + 1, close - open - 1));
  return native;
}

TypeText logical_text(const types::LogicalType& type) {
  using Kind = types::TypeKind;
  switch (type.kind) {
    case Kind::boolean:
      return {"bool", {}};
    case Kind::tinyint:
      return {integer_words(type, "tinyint"), {}};
    case Kind::smallint:
      return {integer_words(type, "smallint"), {}};
    case Kind::integer:
      return {integer_words(type, "int"), {}};
    case Kind::bigint:
      return {integer_words(type, "bigint"), {}};
    case Kind::decimal:
      return {"decimal", decimal_arguments(type)};
    case Kind::float32:
      return {"float32", {}};
    case Kind::float64:
      return {"float64", {}};
    case Kind::string:
      return {type.length < 0 ? "text" : "string", length_argument(type)};
    case Kind::bytes:
      return {"bytes", length_argument(type)};
    case Kind::bits:
      return {type.varying ? "bits varying" : "bits", length_argument(type)};
    case Kind::date:
      return {"date", {}};
    case Kind::time:
      return {"time", scale_argument(type)};
    case Kind::timestamp:
      return {"timestamp", scale_argument(type)};
    case Kind::timestamp_local:
      return {"timestamp_local", scale_argument(type)};
    case Kind::interval:
      return {"interval", {}};
    case Kind::year:
      return {"year", {}};
    case Kind::uuid:
      return {"uuid", {}};
    case Kind::json:
      return {"json", {}};
    case Kind::enumeration:
      return {"enum", label_arguments(type)};
    case Kind::set:
      return {"set", label_arguments(type)};
    case Kind::array:
      return {"array", type.element ? std::vector<std::string>{types::to_string(*type.element)} : std::vector<std::string>()};
    case Kind::geometry:
      return {"geometry", length_argument(type)};
    case Kind::network:
      return {"network", {}};
    case Kind::other:
      return {"other", {type.native}};
  }
  return {"other", {}};
}

const std::vector<ast::TypeRule>& built_in_rules(std::string_view from, std::string_view to) {
  static const RuleTable table = read_built_in();
  static const std::vector<ast::TypeRule> none;
  const auto found = table.find({std::string(from), std::string(to)});
  return found == table.end() ? none : found->second;
}

}  // namespace syncline::planner
