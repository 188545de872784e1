#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "stdlib/expr/evaluate.h"
#include "stdlib/functions/functions.h"

/// The bodies behind the table of functions.h, and how they read their arguments. All throw expr::EvaluationError.
namespace syncline::functions {

using Arguments = std::span<const types::Value>;
using Context = EvaluationContext;

/// The argument as a string; a value of another type is an error.
const std::string& text_at(Arguments arguments, std::size_t at);
std::int64_t integer_at(Arguments arguments, std::size_t at);
bool given(Arguments arguments, std::size_t at);

/// Characters, counted by their first bytes; bytes of the first `count` characters.
std::int64_t characters(std::string_view utf8);
std::size_t prefix_bytes(std::string_view utf8, std::int64_t count);

namespace body {

types::Value lower(Arguments arguments, const Context& context);
types::Value upper(Arguments arguments, const Context& context);
types::Value trim(Arguments arguments, const Context& context);
types::Value substr(Arguments arguments, const Context& context);
types::Value left(Arguments arguments, const Context& context);
types::Value right(Arguments arguments, const Context& context);
types::Value length(Arguments arguments, const Context& context);
types::Value lpad(Arguments arguments, const Context& context);
types::Value rpad(Arguments arguments, const Context& context);
types::Value replace(Arguments arguments, const Context& context);
types::Value split_part(Arguments arguments, const Context& context);
types::Value starts_with(Arguments arguments, const Context& context);
types::Value ends_with(Arguments arguments, const Context& context);
types::Value regexp_like(Arguments arguments, const Context& context);
types::Value regexp_extract(Arguments arguments, const Context& context);
types::Value regexp_replace(Arguments arguments, const Context& context);

types::Value md5(Arguments arguments, const Context& context);
types::Value sha256(Arguments arguments, const Context& context);
types::Value crc32(Arguments arguments, const Context& context);
types::Value to_string(Arguments arguments, const Context& context);
types::Value to_int(Arguments arguments, const Context& context);
types::Value coalesce(Arguments arguments, const Context& context);
types::Value nullif(Arguments arguments, const Context& context);
types::Value greatest(Arguments arguments, const Context& context);
types::Value least(Arguments arguments, const Context& context);
types::Value partial(Arguments arguments, const Context& context);
types::Value redact(Arguments arguments, const Context& context);
types::Value nullify(Arguments arguments, const Context& context);
types::Value constant(Arguments arguments, const Context& context);
types::Value bucket(Arguments arguments, const Context& context);

types::Value date(Arguments arguments, const Context& context);
types::Value format(Arguments arguments, const Context& context);
types::Value parse_date(Arguments arguments, const Context& context);
types::Value parse_timestamp(Arguments arguments, const Context& context);
types::Value trunc(Arguments arguments, const Context& context);
types::Value last_day(Arguments arguments, const Context& context);
types::Value year(Arguments arguments, const Context& context);
types::Value month(Arguments arguments, const Context& context);
types::Value day(Arguments arguments, const Context& context);
types::Value hour(Arguments arguments, const Context& context);
types::Value date_diff(Arguments arguments, const Context& context);

}  // namespace body
}  // namespace syncline::functions
