#pragma once
#include <string>

#include "compiler/ast/clause.h"

namespace syncline::bound {

/// Written expressions, types and patterns on one line, in canonical form: for messages, `--show bound` and fingerprints.
std::string to_text(const ast::Expr& expression);
std::string to_text(const ast::TypeRef& type);
std::string to_text(const ast::Segment& segment);
std::string to_text(const ast::Condition& condition);
std::string to_text(const ast::ColumnRule& rule);
std::string to_text(const ast::CreateItem& item);
std::string to_text(const ast::SettingValue& value);

}  // namespace syncline::bound
