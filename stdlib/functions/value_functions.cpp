#include <fmt/format.h>

#include <charconv>

#include "stdlib/base/hash.h"
#include "stdlib/expr/cast.h"
#include "stdlib/expr/operators.h"
#include "stdlib/functions/evaluators.h"

namespace syncline::functions {
namespace {

using expr::EvaluationError;
using types::Value;

Value extreme(Arguments arguments, const Context& context, int sign) {
  Value best = arguments[0];
  for (const auto& value : arguments.subspan(1))
    if (expr::compare_values(value, best, context.timezone) * sign > 0) best = value;
  return best;
}

std::string stars(std::int64_t count) {
  return std::string(static_cast<std::size_t>(count), '*');
}

}  // namespace

namespace body {

Value md5(Arguments arguments, const Context& /*context*/) {
  return hash::md5_hex(types::to_text(arguments[0]));
}

Value sha256(Arguments arguments, const Context& /*context*/) {
  const std::string salt = given(arguments, 1) ? text_at(arguments, 1) : std::string();
  return hash::sha256_hex(salt + types::to_text(arguments[0]));
}

Value crc32(Arguments arguments, const Context& /*context*/) {
  return std::int64_t{hash::crc32(types::to_text(arguments[0]))};
}

Value to_string(Arguments arguments, const Context& /*context*/) {
  return types::to_text(arguments[0]);
}

Value to_int(Arguments arguments, const Context& context) {
  types::LogicalType whole;
  whole.kind = types::TypeKind::bigint;
  return expr::cast(arguments[0], whole, context.timezone);
}

Value coalesce(Arguments arguments, const Context& /*context*/) {
  for (const auto& value : arguments)
    if (!types::is_null(value)) return value;
  return {};
}

Value nullif(Arguments arguments, const Context& context) {
  if (types::is_null(arguments[0]) || types::is_null(arguments[1])) return arguments[0];
  return expr::compare_values(arguments[0], arguments[1], context.timezone) == 0 ? Value() : arguments[0];
}

Value greatest(Arguments arguments, const Context& context) {
  return extreme(arguments, context, 1);
}
Value least(Arguments arguments, const Context& context) {
  return extreme(arguments, context, -1);
}

Value partial(Arguments arguments, const Context& /*context*/) {
  const auto& text = text_at(arguments, 0);
  const auto keep_left = integer_at(arguments, 1), keep_right = integer_at(arguments, 2);
  const auto all = characters(text);
  if (keep_left < 0 || keep_right < 0) throw EvaluationError("partial() cannot keep fewer than 0 characters");
  if (keep_left >= all || keep_right >= all - keep_left) return stars(all);
  return text.substr(0, prefix_bytes(text, keep_left)) + stars(all - keep_left - keep_right) +
         text.substr(prefix_bytes(text, all - keep_right));
}

Value redact(Arguments arguments, const Context& /*context*/) {
  return stars(characters(text_at(arguments, 0)));
}

Value nullify(Arguments /*arguments*/, const Context& /*context*/) {
  return {};
}

Value constant(Arguments arguments, const Context& /*context*/) {
  return arguments[1];
}

Value bucket(Arguments arguments, const Context& /*context*/) {
  const auto count = integer_at(arguments, 1);
  if (count < 1) throw EvaluationError(fmt::format("bucket({}) needs at least one bucket", count));
  const auto digest = hash::sha256_hex(types::to_text(arguments[0]));
  std::uint64_t number = 0;
  std::from_chars(digest.data(), digest.data() + 16, number, 16);
  return static_cast<std::int64_t>(number % static_cast<std::uint64_t>(count));
}

}  // namespace body
}  // namespace syncline::functions
