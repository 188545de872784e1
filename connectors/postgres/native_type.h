#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "stdlib/types/schema.h"

namespace syncline::connectors::postgres {

/// `format_type` text split: "timestamp(3) without time zone" -> words "timestamp without time zone", arguments {"3"};
/// "numeric(10,2)[]" -> words "numeric[]".
types::NativeType split_type(const std::string& text);
/// An enumeration: words "enum", arguments the quoted labels, text the type's own name.
types::NativeType enum_type(const std::string& name, const std::string& quoted_labels);
/// Items separated by commas outside quotes.
std::vector<std::string> split_arguments(std::string_view text);

/// What `pg_get_expr` says of a default. `auto_increment` is set for nextval(…).
types::ColumnDefault parse_default(const std::string& expression, const std::string& type_words, bool& auto_increment);

}  // namespace syncline::connectors::postgres
