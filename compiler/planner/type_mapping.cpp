#include "compiler/planner/type_mapping.h"

#include <utility>

#include "stdlib/base/text.h"

namespace syncline::planner {
namespace {

using types::LogicalType;
using types::TypeKind;

LogicalType unknown_type(const types::NativeType& native) {
  LogicalType type;
  type.kind = TypeKind::other;
  type.native = native.text;
  return type;
}

/// Labels come with the native type: a rule that says just `enum` or `set` takes them over.
void carry_labels(TypeText* type, const std::vector<std::string>& arguments) {
  if ((type->words == "enum" || type->words == "set") && type->arguments.empty()) type->arguments = arguments;
}

bool has_default_scale(TypeKind kind) {
  return kind == TypeKind::time || kind == TypeKind::timestamp || kind == TypeKind::timestamp_local;
}

std::optional<types::NativeType> write_by_rules(const std::vector<ast::TypeRule>& rules, const LogicalType& logical,
                                                const ColumnFacts& facts) {
  Bindings bindings;
  const TypeText text = logical_text(logical);
  const ast::TypeRule* rule = first_match(rules, text, facts, &bindings);
  if (!rule) return std::nullopt;
  types::NativeType native = native_type(rule->to, bindings);
  const bool labelled = (native.words == "enum" || native.words == "set") && native.arguments.empty() && !text.arguments.empty();
  if (!labelled) return native;
  native.arguments = text.arguments;
  native.text += "(";
  for (std::size_t i = 0; i < text.arguments.size(); ++i) native.text += (i ? "," : "") + text.arguments[i];
  native.text += ")";
  return native;
}

/// `integer[]` of engines that have arrays.
std::optional<types::NativeType> write_array(std::string_view engine, const LogicalType& logical, const ColumnFacts& facts) {
  if (logical.kind != TypeKind::array || !logical.element) return std::nullopt;
  auto element = write_type(engine, *logical.element, facts);
  if (!element) return std::nullopt;
  element->words += "[]";
  element->text += "[]";
  return element;
}

LogicalType array_of(LogicalType element) {
  LogicalType type;
  type.kind = TypeKind::array;
  type.element = std::make_shared<const LogicalType>(std::move(element));
  return type;
}

bool ends_with_brackets(const std::string& words) {
  return words.size() > 2 && words.compare(words.size() - 2, 2, "[]") == 0;
}

types::NativeType element_of(types::NativeType native) {
  while (ends_with_brackets(native.words)) native.words.resize(native.words.size() - 2);
  while (ends_with_brackets(native.text)) native.text.resize(native.text.size() - 2);
  return native;
}

/// MySQL's own TIMESTAMP ends in 2038, so its rules put instants into DATETIME, in UTC. Only that very spelling is taken for one:
/// any other naive column needs a CAST with a time zone.
bool is_home_of_instants(const LogicalType& from, const LogicalType& read_back, const types::NativeType& native,
                         std::string_view engine, const ColumnFacts& facts) {
  if (from.kind != TypeKind::timestamp || read_back.kind != TypeKind::timestamp_local) return false;
  const auto own = write_type(engine, from, facts);
  return own && own->text == native.text;
}

MappedType finished(LogicalType from, types::NativeType native, std::string_view engine, const ColumnFacts& facts) {
  MappedType mapped;
  mapped.to = read_type(engine, native, facts);
  const bool set_in_array = from.kind == TypeKind::set && mapped.to.kind == TypeKind::array;
  if (set_in_array || is_home_of_instants(from, mapped.to, native, engine, facts)) mapped.to = from;
  mapped.coercion = types::coercion(from, mapped.to);
  mapped.from = std::move(from);
  mapped.native = std::move(native);
  return mapped;
}

/// The type that stands in the rules for the target's own column: facts of the source column do not describe it.
std::optional<LogicalType> logical_of(const TypeText& type) {
  return types::make_logical(type.words, type.arguments);
}

std::optional<MappedType> by_user_rule(const types::Column& column, const LogicalType& from, const ColumnFacts& facts,
                                       std::string_view target_engine, const bound::TypeMapping& mapping) {
  Bindings bindings;
  const bool from_logical = mapping.from == "logical";
  const TypeText type = from_logical ? logical_text(from) : TypeText{column.native.words, column.native.arguments};
  const ast::TypeRule* rule = first_match(mapping.rules, type, facts, &bindings);
  if (!rule) return std::nullopt;
  std::optional<MappedType> mapped;
  if (mapping.to == "logical") {
    TypeText wanted = type_text(rule->to, bindings);
    carry_labels(&wanted, type.arguments);
    const auto logical = logical_of(wanted);
    if (logical) mapped = map_logical(from, *logical, facts, target_engine);
  } else {
    mapped = finished(from, native_type(rule->to, bindings), target_engine, facts);
  }
  if (mapped) mapped->by_user = true;
  return mapped;
}

}  // namespace

LogicalType read_type(std::string_view engine, const types::NativeType& native, const ColumnFacts& facts) {
  Bindings bindings;
  const auto& rules = built_in_rules(engine, "logical");
  const ast::TypeRule* rule = first_match(rules, {native.words, native.arguments}, facts, &bindings);
  if (!rule && ends_with_brackets(native.words)) return array_of(read_type(engine, element_of(native), facts));
  if (!rule) return unknown_type(native);
  TypeText text = type_text(rule->to, bindings);
  carry_labels(&text, native.arguments);
  auto logical = logical_of(text);
  return logical ? *logical : unknown_type(native);
}

std::optional<types::NativeType> write_type(std::string_view engine, const LogicalType& logical, const ColumnFacts& facts) {
  const auto& rules = built_in_rules("logical", engine);
  if (auto native = write_by_rules(rules, logical, facts)) return native;
  if (has_default_scale(logical.kind) && logical.scale < 0) {
    LogicalType with_scale = logical;
    with_scale.scale = 6;
    if (auto native = write_by_rules(rules, with_scale, facts)) return native;
  }
  return write_array(engine, logical, facts);
}

std::optional<MappedType> map_logical(const LogicalType& from, const LogicalType& wanted, const ColumnFacts& facts,
                                      std::string_view target_engine) {
  const auto native = write_type(target_engine, wanted, facts);
  if (!native) return std::nullopt;
  return finished(from, *native, target_engine, facts);
}

std::optional<MappedType> map_type(const types::Column& column, const ColumnFacts& facts, const connectors::EngineInfo& source,
                                   const connectors::EngineInfo& target, const bound::TypeMapping* mapping) {
  const LogicalType from = read_type(source.name, column.native, facts);
  if (mapping) {
    if (auto mapped = by_user_rule(column, from, facts, target.name, *mapping)) return mapped;
  }
  const bool type_of_source_only = source.capabilities.named_enum_types && from.kind == TypeKind::enumeration;
  if (source.name == target.name && !type_of_source_only) {
    MappedType same;
    same.from = from;
    same.to = from;
    same.native = column.native;
    same.coercion = types::Coercion::exact;
    same.verbatim = true;
    return same;
  }
  return map_logical(from, from, facts, target.name);
}

std::optional<MappedType> written_type(const ast::TypeRef& written, const LogicalType& from, const ColumnFacts& facts,
                                       std::string_view target_engine) {
  if (!written.native_text) {
    const auto logical = logical_of(type_text(written, {}));
    if (logical) return map_logical(from, *logical, facts, target_engine);
  }
  const types::NativeType native = native_type(written, {});
  MappedType mapped = finished(from, native, target_engine, facts);
  if (mapped.to.kind == TypeKind::other) return std::nullopt;
  return mapped;
}

}  // namespace syncline::planner
