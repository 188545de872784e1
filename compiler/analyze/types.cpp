#include "compiler/analyze/types.h"

#include <algorithm>

#include "compiler/bound/expression_text.h"
#include "compiler/diag/kinds.h"
#include "stdlib/base/text.h"

namespace syncline::analyze {
namespace {

std::string words_of(const ast::TypeRef& type) {
  std::string words;
  for (const ast::Name& word : type.words) words += (words.empty() ? "" : " ") + text::ascii_lower(word.text);
  return words;
}

std::vector<std::string> arguments_of(const ast::TypeRef& type) {
  std::vector<std::string> arguments;
  for (const auto& argument : type.arguments) {
    arguments.push_back(argument.integer ? std::to_string(*argument.integer)
                        : argument.type  ? bound::to_text(*argument.type)
                                         : std::string());
  }
  return arguments;
}

bool names_logical(const std::string& words) {
  const auto& names = types::logical_names();
  return std::find(names.begin(), names.end(), words) != names.end() || types::make_logical(words, {}).has_value();
}

}  // namespace

std::optional<types::LogicalType> logical_type(const ast::TypeRef& written, std::string_view engine, diag::Sink& sink) {
  if (!written.native_text) {
    std::string words = words_of(written);
    if (words == "string" && !written.has_arguments) words = "text";
    if (auto logical = types::make_logical(words, arguments_of(written))) return logical;
    if (names_logical(words)) {
      sink.emit(diag::TypeArguments(bound::to_text(written), "these arguments do not fit").at(written.span));
      return std::nullopt;
    }
  }
  if (engine.empty()) {
    sink.emit(diag::UnknownType(bound::to_text(written), "an expression")
                  .at(written.span)
                  .did_you_mean(words_of(written), types::logical_names()));
  }
  return std::nullopt;
}

expr::Type expression_type(const types::LogicalType& type) {
  using types::TypeKind;
  switch (type.kind) {
    case TypeKind::boolean:
      return expr::Type::boolean;
    case TypeKind::tinyint:
    case TypeKind::smallint:
    case TypeKind::integer:
    case TypeKind::year:
      return expr::Type::integer;
    case TypeKind::bigint:
      return type.is_unsigned ? expr::Type::decimal : expr::Type::integer;
    case TypeKind::decimal:
    case TypeKind::float32:
    case TypeKind::float64:
      return expr::Type::decimal;
    case TypeKind::date:
      return expr::Type::date;
    case TypeKind::timestamp:
    case TypeKind::timestamp_local:
      return expr::Type::timestamp;
    case TypeKind::bytes:
    case TypeKind::bits:
    case TypeKind::geometry:
      return expr::Type::null;
    default:
      return expr::Type::string;
  }
}

}  // namespace syncline::analyze
