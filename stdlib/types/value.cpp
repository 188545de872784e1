#include "stdlib/types/value.h"

#include "stdlib/types/calendar.h"

namespace syncline::types {
namespace {

std::string timestamp_text(std::int64_t micros) {
  if (micros == kTimestampInfinity || micros == kTimestampMinusInfinity) return format_timestamp(micros, 0);
  return format_timestamp(micros, micros % 1'000'000 == 0 ? 0 : 6) + "Z";
}

std::string amount(std::int64_t number, char unit) {
  return number == 0 ? std::string() : std::to_string(number) + unit;
}

/// Seconds with as many fractional digits as needed.
std::string seconds_text(std::int64_t micros) {
  if (micros == 0) return {};
  std::string text = micros < 0 ? "-" : "";
  const auto size = micros < 0 ? 0 - static_cast<std::uint64_t>(micros) : static_cast<std::uint64_t>(micros);
  text += std::to_string(size / 1'000'000);
  if (size % 1'000'000 != 0) {
    const auto part = std::to_string(size % 1'000'000);
    text += "." + std::string(6 - part.size(), '0') + part;
    text.erase(text.find_last_not_of('0') + 1);
  }
  return text + "S";
}

std::string interval_text(const Interval& interval) {
  constexpr std::int64_t kMinute = 60'000'000;
  const auto date = amount(interval.months / 12, 'Y') + amount(interval.months % 12, 'M') + amount(interval.days, 'D');
  const auto clock = amount(interval.micros / (60 * kMinute), 'H') + amount(interval.micros / kMinute % 60, 'M') +
                     seconds_text(interval.micros % kMinute);
  if (date.empty() && clock.empty()) return "PT0S";
  return "P" + date + (clock.empty() ? "" : "T" + clock);
}

struct TextOf {
  std::string operator()(std::monostate /*null*/) const { return "NULL"; }
  std::string operator()(bool value) const { return value ? "true" : "false"; }
  std::string operator()(std::int64_t value) const { return std::to_string(value); }
  std::string operator()(const Decimal& value) const { return value.text; }
  std::string operator()(const std::string& value) const { return value; }
  std::string operator()(const Date& value) const { return format_date(value.days); }
  std::string operator()(const Timestamp& value) const { return timestamp_text(value.micros); }
  std::string operator()(const Interval& value) const { return interval_text(value); }
};

}  // namespace

std::string to_text(const Value& value) {
  return std::visit(TextOf{}, value);
}

}  // namespace syncline::types
