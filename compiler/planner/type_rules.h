#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "compiler/ast/statement.h"
#include "stdlib/types/logical_type.h"
#include "stdlib/types/schema.h"

/// Rules of TYPE MAPPINGs, user-written and built in: which one matches a type, and what its right side then says. No engine is
/// known here.
namespace syncline::planner {

/// A type as rules see it: lower-case words without arguments, arguments as written ("20", "'a'").
struct TypeText {
  std::string words;
  std::vector<std::string> arguments;
};

/// What a guard may ask about the column (`column.name`, `.nullable`, `.unsigned`, `.auto_increment`, `.key`, `.length`,
/// `.charset`).
struct ColumnFacts {
  const types::Column* column = nullptr;  ///< null: no column at hand, every property is NULL
  bool key = false;                       ///< part of a primary, unique or foreign key
};

using Bindings = std::map<std::string, std::string>;

/// Whether a rule's left side matches: words equal, arguments equal in number (any number when the rule has no parentheses),
/// lower-case words as arguments bind, and the guard holds. A guard over NULL does not hold.
bool rule_matches(const ast::TypeRule& rule, const TypeText& type, const ColumnFacts& facts, Bindings* bindings);

/// The first rule that matches, with its bindings; null: none.
const ast::TypeRule* first_match(const std::vector<ast::TypeRule>& rules, const TypeText& type, const ColumnFacts& facts,
                                 Bindings* bindings);

/// A rule's right side (or any written type) with variables replaced.
types::NativeType native_type(const ast::TypeRef& written, const Bindings& bindings);
TypeText type_text(const ast::TypeRef& written, const Bindings& bindings);

/// `varchar(20)` → words and arguments; used for quoted native texts.
types::NativeType parse_native(const std::string& text);

/// A logical type as rules write it: `bigint unsigned`, `decimal` [10, 2], `text`.
TypeText logical_text(const types::LogicalType& type);

/// The built-in rules of stdlib/mappings from one engine to another; one of both is `logical`. Empty: none.
const std::vector<ast::TypeRule>& built_in_rules(std::string_view from, std::string_view to);

}  // namespace syncline::planner
