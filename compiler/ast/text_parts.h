#pragma once
#include <string>
#include <string_view>

#include "compiler/ast/clause.h"

/// The pieces of to_text(): one line each, without places.
namespace syncline::ast {

/// In double quotes, with `\n`, `\"` and `\\` escaped: one line whatever it holds.
std::string escaped(std::string_view text);
std::string text_of(const Name& name);
std::string text_of(const std::vector<Name>& names);
std::string text_of(const TypeRef& type);
std::string text_of(const ExprPtr& expr);
std::string text_of(const Quantity& quantity);
std::string text_of(const SettingValue& value);
std::string text_of(const Settings& settings);
std::string text_of(const Segment& segment);
std::string text_of(const ObjectPattern& pattern);
std::string text_of(const std::vector<Assignment>& assignments);
std::string text_of(const Condition& condition);
std::string text_of(NameLevel level);
std::string text_of(const Clause& clause);

}  // namespace syncline::ast
