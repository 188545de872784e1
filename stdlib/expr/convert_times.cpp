#include "stdlib/expr/convert.h"
#include "stdlib/expr/zone.h"
#include "stdlib/types/calendar.h"

namespace syncline::expr {
namespace {

using types::CellKind;
using types::kMicrosPerDay;
using types::TypeKind;

std::int64_t number(std::uint64_t slot) {
  return static_cast<std::int64_t>(slot);
}
std::uint64_t slot(std::int64_t value) {
  return static_cast<std::uint64_t>(value);
}

bool endless(std::int64_t micros) {
  return micros == types::kTimestampInfinity || micros == types::kTimestampMinusInfinity;
}

int digits(const types::LogicalType& type) {
  return type.scale < 0 ? 6 : type.scale;
}

bool store_text(Conversion& c, const char* text, std::size_t size, std::uint64_t& out) {
  check_length(c, {text, size});
  out = c.store({text, size});
  return true;
}

bool date_to_text(Conversion& c, std::uint64_t in, std::uint64_t& out) {
  char text[48];
  return store_text(c, text, types::write_date(text, number(in)), out);
}

bool date_to_local(Conversion& c, std::uint64_t in, std::uint64_t& out) {
  const auto days = number(in);
  std::int64_t micros = days == types::kDateInfinity ? types::kTimestampInfinity : types::kTimestampMinusInfinity;
  const bool finite = days != types::kDateInfinity && days != types::kDateMinusInfinity;
  if (finite && __builtin_mul_overflow(days, kMicrosPerDay, &micros)) c.refuse(ValueProblem::date_range);
  out = slot(micros);
  return true;
}

bool check_fraction(Conversion& c, std::uint64_t in, std::uint64_t& out) {
  if (!endless(number(in)) && number(in) % c.fraction_unit != 0)
    c.refuse(ValueProblem::scale_lost, "more fractional digits than " + types::to_string(c.to) + " keeps");
  out = in;
  return true;
}

bool time_to_text(Conversion& c, std::uint64_t in, std::uint64_t& out) {
  char text[48];
  return store_text(c, text, types::write_time(text, number(in), digits(c.from)), out);
}

bool time_to_interval(Conversion& c, std::uint64_t in, std::uint64_t& out) {
  out = c.store(types::to_text(types::Interval{0, 0, number(in)}));
  return true;
}

bool timestamp_to_text(Conversion& c, std::uint64_t in, std::uint64_t& out) {
  char text[48];
  auto size = types::write_timestamp(text, number(in), digits(c.from));
  if (c.from.kind == TypeKind::timestamp && !endless(number(in))) text[size++] = 'Z';
  return store_text(c, text, size, out);
}

bool local_to_date(Conversion& c, std::uint64_t in, std::uint64_t& out) {
  const auto micros = number(in);
  if (endless(micros)) {
    out = slot(micros > 0 ? types::kDateInfinity : types::kDateMinusInfinity);
    return true;
  }
  if (micros % kMicrosPerDay != 0) c.refuse(ValueProblem::scale_lost, "has a time of day, a date has none");
  out = slot(micros / kMicrosPerDay);
  return true;
}

bool instant_to_local(Conversion& c, std::uint64_t in, std::uint64_t& out) {
  return check_fraction(c, slot(to_local(number(in), c.zone)), out);
}

bool local_to_instant(Conversion& c, std::uint64_t in, std::uint64_t& out) {
  return check_fraction(c, slot(to_instant(number(in), c.zone)), out);
}

Converter from_timestamp(const types::LogicalType& from, const types::LogicalType& to) {
  if (to.kind == TypeKind::string) return converter<timestamp_to_text>();
  if (from.kind == to.kind) return converter<check_fraction>();
  if (to.kind == TypeKind::timestamp_local) return converter<instant_to_local>();
  if (to.kind == TypeKind::timestamp) return converter<local_to_instant>();
  return to.kind == TypeKind::date && from.kind == TypeKind::timestamp_local ? converter<local_to_date>() : Converter();
}

}  // namespace

Converter from_time(const types::LogicalType& from, const types::LogicalType& to) {
  if (from.kind == TypeKind::timestamp || from.kind == TypeKind::timestamp_local) return from_timestamp(from, to);
  if (from.kind == TypeKind::date) {
    if (to.kind == TypeKind::date) return converter<convert_unchanged>();
    if (to.kind == TypeKind::string) return converter<date_to_text>();
    return to.kind == TypeKind::timestamp_local ? converter<date_to_local>() : Converter();
  }
  if (to.kind == TypeKind::time) return converter<check_fraction>();
  if (to.kind == TypeKind::string) return converter<time_to_text>();
  return to.kind == TypeKind::interval ? converter<time_to_interval>() : Converter();
}

}  // namespace syncline::expr
