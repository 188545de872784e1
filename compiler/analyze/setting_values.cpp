#include "compiler/analyze/setting_values.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "compiler/analyze/parameters.h"
#include "stdlib/base/text.h"

namespace syncline::analyze {
namespace {

using Kind = ast::SettingValue::Kind;

struct Unit {
  std::string_view name;
  double factor;
};
constexpr Unit kTimes[] = {{"second", 1}, {"minute", 60}, {"hour", 3600}, {"day", 86400}, {"week", 604800}};
constexpr Unit kSizes[] = {{"b", 1},      {"byte", 1},      {"kb", 1024},        {"mb", 1048576},       {"gb", 1073741824},
                           {"kib", 1024}, {"mib", 1048576}, {"gib", 1073741824}, {"tb", 1099511627776}, {"tib", 1099511627776}};

template <std::size_t N>
std::optional<double> scaled(const ast::Quantity& quantity, const Unit (&units)[N]) {
  std::string unit = text::ascii_lower(quantity.unit);
  if (unit.size() > 2 && unit.back() == 's') unit.pop_back();
  double number = 0;
  const char* end = quantity.number.data() + quantity.number.size();
  if (std::from_chars(quantity.number.data(), end, number).ptr != end) return std::nullopt;
  for (const Unit& one : units) {
    if (one.name == unit) return number * one.factor;
  }
  return std::nullopt;
}

std::optional<std::int64_t> whole(std::optional<double> number) {
  if (!number || *number < 0 || *number > 9e15 || std::floor(*number) != *number) return std::nullopt;
  return static_cast<std::int64_t>(*number);
}

ast::SettingValue made(Kind kind, const ast::SettingValue& from, std::string text) {
  ast::SettingValue value;
  value.kind = kind;
  value.span = from.span;
  value.text = text;
  if (kind == Kind::quantity) value.quantity = {std::move(text), {}, {}, from.span};
  return value;
}

ast::SettingValue literal(const types::Value& value, const ast::SettingValue& from) {
  if (types::is_null(value)) return made(Kind::null, from, {});
  if (const bool* flag = std::get_if<bool>(&value)) {
    ast::SettingValue result = made(Kind::boolean, from, {});
    result.boolean = *flag;
    return result;
  }
  const bool number = std::holds_alternative<std::int64_t>(value) || std::holds_alternative<types::Decimal>(value);
  std::string text = types::to_text(value);
  if (number && text.front() == '-') return made(Kind::negative_number, from, std::move(text));
  return made(number ? Kind::quantity : Kind::string, from, std::move(text));
}

}  // namespace

std::string describe(const ast::SettingValue& value) {
  switch (value.kind) {
    case Kind::quantity: {
      const auto& q = value.quantity;
      return "`" + q.number + (q.unit.empty() || q.unit == "%" ? q.unit : " " + q.unit) + (q.per.empty() ? "" : " PER " + q.per) +
             "`";
    }
    case Kind::negative_number:
      return "a negative number";
    case Kind::string:
      return "a text";
    case Kind::boolean:
      return value.boolean ? "`true`" : "`false`";
    case Kind::null:
      return "NULL";
    case Kind::secret:
      return "a SECRET";
    case Kind::parameter:
      return "`:" + value.text + "`";
    case Kind::word:
      return "`" + value.text + "`";
    case Kind::list:
      return "a list";
  }
  return "this";
}

void suggest_unit(diag::Diagnostic& finding, const ast::Quantity& written, const std::vector<std::string>& units) {
  std::vector<std::string> names = units;
  for (const std::string& unit : units) names.push_back(unit.substr(0, unit.size() - 1));
  const auto meant = text::did_you_mean(written.unit, names);
  if (!meant || text::ascii_iequals(*meant, written.unit)) return;
  const std::string whole = written.number + " " + *meant + (written.per.empty() ? "" : " PER " + written.per);
  finding.help.push_back("did you mean `" + whole + "`?");
  finding.fixes.push_back({written.span, whole, "replace with `" + whole + "`", true});
}

void suggest_value(diag::Diagnostic& finding, const ast::SettingValue& value) {
  if (value.kind == Kind::word) {
    std::move(finding).did_you_mean(value.text, {"true", "false"});
    return;
  }
  if (value.kind != Kind::quantity) return;
  const auto known = rate_of(value) || seconds_of(value) || bytes_of(value);
  if (known) return;
  ast::Quantity written = value.quantity;
  const std::vector<std::string> rates = {"SECOND", "MINUTE", "HOUR"};
  if (!written.per.empty() && std::find(rates.begin(), rates.end(), text::upper(written.per)) == rates.end()) {
    const auto meant = text::did_you_mean(written.per, rates);
    if (!meant) return;
    const std::string whole = written.number + " " + written.unit + " PER " + *meant;
    finding.help.push_back("did you mean `" + whole + "`?");
    finding.fixes.push_back({written.span, whole, "replace with `" + whole + "`", true});
    return;
  }
  std::vector<std::string> units = kTimeUnits;
  if (!written.per.empty()) units = {"ROWS"};
  suggest_unit(finding, written, units);
  if (!finding.fixes.empty()) return;
  if (const auto meant = text::did_you_mean(written.unit, {"MB", "KB", "GB", "MiB", "KiB", "GiB"})) {
    const std::string whole = written.number + " " + *meant + (written.per.empty() ? "" : " PER " + written.per);
    finding.help.push_back("did you mean `" + whole + "`?");
  }
}

std::optional<std::int64_t> seconds_of(const ast::Quantity& quantity) {
  if (!quantity.per.empty()) return std::nullopt;
  if (quantity.unit.empty() && quantity.number == "0") return 0;
  return whole(scaled(quantity, kTimes));
}

std::optional<std::int64_t> seconds_of(const ast::SettingValue& value) {
  return value.kind == Kind::quantity ? seconds_of(value.quantity) : std::nullopt;
}

std::optional<std::uint64_t> bytes_of(const ast::SettingValue& value) {
  if (value.kind != Kind::quantity || !value.quantity.per.empty()) return std::nullopt;
  const auto bytes = whole(scaled(value.quantity, kSizes));
  if (!bytes) return std::nullopt;
  return static_cast<std::uint64_t>(*bytes);
}

std::optional<std::int64_t> integer_of(const ast::SettingValue& value) {
  const std::string* digits = nullptr;
  if (value.kind == Kind::quantity && value.quantity.unit.empty() && value.quantity.per.empty()) digits = &value.quantity.number;
  if (digits == nullptr) return std::nullopt;
  std::int64_t number = 0;
  const char* end = digits->data() + digits->size();
  const auto read = std::from_chars(digits->data(), end, number);
  if (read.ec != std::errc() || read.ptr != end) return std::nullopt;
  return number;
}

std::optional<std::string> rate_of(const ast::SettingValue& value) {
  if (value.kind != Kind::quantity) return std::nullopt;
  ast::SettingValue amount = value;
  const std::string per = text::ascii_lower(amount.quantity.per);
  if (per != "second" && per != "minute" && per != "hour") return std::nullopt;
  const std::string unit = text::ascii_lower(amount.quantity.unit);
  amount.quantity.per.clear();
  if (unit == "row" || unit == "rows") return amount.quantity.number + " rows/" + per;
  const auto bytes = bytes_of(amount);
  if (!bytes) return std::nullopt;
  return std::to_string(*bytes) + " B/" + per;
}

std::optional<std::string> word_of(const ast::SettingValue& value) {
  if (value.kind == Kind::null) return "null";
  if (value.kind == Kind::word || value.kind == Kind::string) return text::ascii_lower(value.text);
  return std::nullopt;
}

ast::SettingValue resolve(Context& context, const ast::SettingValue& value, std::string_view setting) {
  if (value.kind == Kind::list) {
    ast::SettingValue resolved = value;
    for (auto& one : resolved.list) one = resolve(context, one, setting);
    return resolved;
  }
  if (value.kind != Kind::parameter) return value;
  context.used_params.insert(value.text);
  const auto found = context.unit.parameters.find(value.text);
  if (found == context.unit.parameters.end()) {
    if (!context.incomplete || is_predeclared(value.text)) {
      context.sink.emit(unknown_parameter(value.text, value.span, names_of(context.declared.params)));
    }
    return value;
  }
  if (!found->second.secret_reference.empty()) {
    ast::SettingValue secret = made(Kind::secret, value, {});
    secret.secret = {found->second.secret_reference, value.span};
    return secret;
  }
  return found->second.known ? literal(found->second.value, value) : value;
}

}  // namespace syncline::analyze
