#include "compiler/analyze/options.h"

#include <algorithm>
#include <limits>

#include "compiler/analyze/policy.h"
#include "compiler/analyze/setting_values.h"
#include "stdlib/base/text.h"

namespace syncline::analyze {
namespace {

using Value = ast::SettingValue;
/// Reads the value into the policy; false when it is not what the key takes.
using Set = bool (*)(bound::Policy&, const Value&);

struct Option {
  std::string_view name;
  ast::ClauseKind group;
  std::string_view wanted;
  Set set;
  bool built = true;
};

bool to_int(const Value& value, std::int64_t low, std::int64_t high, int& into) {
  const auto number = integer_of(value);
  if (!number || *number < low || *number > high) return false;
  into = static_cast<int>(*number);
  return true;
}

bool to_rows(const Value& value, std::int64_t& into) {
  Value plain = value;
  const std::string unit = text::ascii_lower(plain.quantity.unit);
  if (unit == "rows" || unit == "row") plain.quantity.unit.clear();
  const auto number = word_of(value) == "none" || word_of(value) == "null" ? std::optional<std::int64_t>(0) : integer_of(plain);
  if (!number || *number < 0) return false;
  into = *number;
  return true;
}

bool to_bytes(const Value& value, std::uint64_t low, std::uint64_t& into) {
  const auto bytes = bytes_of(value);
  if (!bytes || *bytes < low) return false;
  into = *bytes;
  return true;
}

bool to_seconds(const Value& value, std::chrono::seconds& into) {
  const auto seconds = word_of(value) == "none" || word_of(value) == "null" ? std::optional<std::int64_t>(0) : seconds_of(value);
  if (seconds) into = std::chrono::seconds(*seconds);
  return seconds.has_value();
}

/// One of two words; `second` sets the flag.
bool to_flag(const Value& value, std::string_view first, std::string_view second, bool& into) {
  const auto word = word_of(value);
  if (word != first && word != second) return false;
  into = word == second;
  return true;
}

bool is_ratio(const Value& value) {
  return value.kind == Value::Kind::quantity && (value.quantity.unit == "%" || value.quantity.unit.empty());
}

constexpr auto kLimits = ast::ClauseKind::limits;
constexpr auto kErrors = ast::ClauseKind::errors;
constexpr std::string_view kCount = "a whole number from 1 to 256";

const Option kOptions[] = {
    {"parallel_tables", kLimits, kCount,
     [](bound::Policy& p, const Value& v) { return to_int(v, 1, 256, p.limits.parallel_tables); }},
    {"readers_per_table", kLimits, kCount,
     [](bound::Policy& p, const Value& v) { return to_int(v, 1, 256, p.limits.readers_per_table); }},
    {"source_connections", kLimits, kCount,
     [](bound::Policy& p, const Value& v) { return to_int(v, 1, 256, p.limits.source_connections); }},
    {"target_connections", kLimits, kCount,
     [](bound::Policy& p, const Value& v) { return to_int(v, 1, 256, p.limits.target_connections); }},
    {"page_size", kLimits, "a number of rows", [](bound::Policy& p, const Value& v) { return to_rows(v, p.limits.page_size); }},
    {"batch_size", kLimits, "a size of at least `64 KB`, such as `16 MB`",
     [](bound::Policy& p, const Value& v) {
       return integer_of(v).value_or(0) > 0 || to_bytes(v, 64U << 10U, p.limits.batch_bytes);
     }},
    {"max_row", kLimits, "a size of at least `64 KB`, such as `64 MB`",
     [](bound::Policy& p, const Value& v) { return to_bytes(v, 64U << 10U, p.limits.max_row_bytes); }},
    {"read_rate", kLimits, "a rate such as `50 MB PER SECOND`",
     [](bound::Policy&, const Value& v) { return rate_of(v).has_value(); }, false},
    {"write_rate", kLimits, "a rate such as `20000 ROWS PER SECOND`",
     [](bound::Policy&, const Value& v) { return rate_of(v).has_value(); }, false},
    {"memory", kLimits, "a size such as `512 MB`", [](bound::Policy&, const Value& v) { return bytes_of(v).has_value(); }, false},
    {"cpu", kLimits, "a number of cores", [](bound::Policy&, const Value& v) { return v.kind == Value::Kind::quantity; }, false},
    {"resource_group", kLimits, "a name", [](bound::Policy&, const Value& v) { return word_of(v).has_value(); }, false},
    {"retries", kErrors, "a whole number from 0 to 100",
     [](bound::Policy& p, const Value& v) { return to_int(v, 0, 100, p.errors.retries); }},
    {"retry_delay", kErrors, "a duration such as `30 SECONDS`",
     [](bound::Policy& p, const Value& v) { return to_seconds(v, p.errors.retry_delay); }},
    {"timeout", kErrors, "a duration such as `50 MINUTES`",
     [](bound::Policy& p, const Value& v) { return to_seconds(v, p.errors.timeout); }},
    {"max_dirty_rows", kErrors, "a number of rows",
     [](bound::Policy&, const Value& v) { return integer_of(v).value_or(-1) >= 0; }, false},
    {"max_dirty_ratio", kErrors, "a share such as `0.1%`", [](bound::Policy&, const Value& v) { return is_ratio(v); }, false},
    {"dirty_rows_to", kErrors, "a table name in quotes", [](bound::Policy&, const Value& v) { return word_of(v).has_value(); },
     false},
    {"on_table_failure", kErrors, "`continue` or `stop`",
     [](bound::Policy& p, const Value& v) { return to_flag(v, "continue", "stop", p.errors.stop_on_table_failure); }},
    {"zero_dates", kErrors, "`fail` or `null`",
     [](bound::Policy& p, const Value& v) { return to_flag(v, "fail", "null", p.errors.values.zero_dates_null); }},
    {"nul_text", kErrors, "`fail` or `strip`",
     [](bound::Policy& p, const Value& v) { return to_flag(v, "fail", "strip", p.errors.values.nul_text_strip); }},
    {"non_finite", kErrors, "`fail` or `null`",
     [](bound::Policy& p, const Value& v) { return to_flag(v, "fail", "null", p.errors.values.non_finite_null); }},
    {"invalid_enum", kErrors, "`fail` or `null`",
     [](bound::Policy& p, const Value& v) { return to_flag(v, "fail", "null", p.errors.values.invalid_enum_null); }},
    {"empty_source", kErrors, "`fail` or `allow`",
     [](bound::Policy& p, const Value& v) { return to_flag(v, "fail", "allow", p.errors.allow_empty_source); }},
    {"unsettled_source", kErrors, "`fail` or `warn`",
     [](bound::Policy& p, const Value& v) { return to_flag(v, "fail", "warn", p.errors.accept_unsettled); }},
    {"null_keys", kErrors, "`warn`, `fail` or `copy`",
     [](bound::Policy& p, const Value& v) {
       const auto word = word_of(v);
       if (word != "warn" && word != "fail" && word != "copy") return false;
       p.errors.null_keys = word == "fail" ? plan::NullKeys::fail : word == "copy" ? plan::NullKeys::copy : plan::NullKeys::warn;
       return true;
     }},
    {"older_snapshots", kErrors, "`warn` or `fail`",
     [](bound::Policy& p, const Value& v) {
       bool fail = false;
       if (!to_flag(v, "warn", "fail", fail)) return false;
       p.errors.older_snapshots = fail ? types::OnOlderSnapshots::fail : types::OnOlderSnapshots::warn;
       return true;
     }},
};

std::vector<std::string> names_in(ast::ClauseKind group) {
  std::vector<std::string> names;
  for (const Option& option : kOptions) {
    if (option.group == group) names.emplace_back(option.name);
  }
  return names;
}

void report_unknown_key(ast::ClauseKind group, const ast::Setting& setting, const std::string& key, diag::Sink& sink) {
  auto finding = diag::UnknownSetting(setting.key.text, ast::to_string(group)).at(setting.key.span);
  const auto other =
      std::find_if(std::begin(kOptions), std::end(kOptions), [&](const Option& option) { return option.name == key; });
  if (other != std::end(kOptions)) {
    sink.emit(std::move(finding).with_help("`" + key + "` belongs to " + ast::to_string(other->group)));
  } else {
    sink.emit(std::move(finding).did_you_mean(key, names_in(group)));
  }
}

/// `'source.net_read_timeout'`: an engine's own key, with its side.
bool is_engine_key(const ast::Setting& setting, ast::ClauseKind group) {
  return setting.key_is_string && group == kLimits &&
         (setting.key.text.rfind("source.", 0) == 0 || setting.key.text.rfind("target.", 0) == 0);
}

/// What a value that is accepted says beyond what this version does.
bool beyond_this_version(const Option& option, const ast::Setting& setting) {
  if (option.name == "batch_size") return integer_of(setting.value).has_value();
  if (option.name == "max_dirty_rows" || option.name == "max_dirty_ratio") {
    return setting.value.quantity.number.find_first_not_of("0.") != std::string::npos;
  }
  return !option.built;
}

std::string what_of(const Option& option, ast::ClauseKind group) {
  const std::string clause = std::string(ast::to_string(group)) + " (" + std::string(option.name) + ")";
  return "`" + clause + "`" + (option.name == "batch_size" ? " in rows" : "");
}

}  // namespace

void apply_option(bound::Policy& policy, ast::ClauseKind group, const ast::Setting& setting, const std::string& level,
                  diag::Sink& sink) {
  const std::string key = text::ascii_lower(setting.key.text);
  if (is_engine_key(setting, group)) {
    policy.settings[setting.key.text] = {std::make_shared<const ast::Setting>(setting), {setting.span, level}};
    return set_not_built(policy, "LIMITS " + setting.key.text, {{"LIMITS key `" + setting.key.text + "`", setting.span, {}}});
  }
  const auto option = std::find_if(std::begin(kOptions), std::end(kOptions),
                                   [&](const Option& one) { return one.name == key && one.group == group; });
  if (option == std::end(kOptions)) return report_unknown_key(group, setting, key, sink);
  if (setting.value.kind == Value::Kind::parameter) return;
  if (!option->set(policy, setting.value)) {
    auto finding = diag::SettingType(key, option->wanted, describe(setting.value)).at(setting.value.span);
    suggest_value(finding, setting.value);
    return sink.emit(std::move(finding));
  }
  policy.option_origins[key] = {setting.span, level};
  policy.settings[key] = {std::make_shared<const ast::Setting>(setting), {setting.span, level}};
  std::vector<bound::NotBuilt> beyond;
  if (beyond_this_version(*option, setting)) beyond.push_back({what_of(*option, group), setting.span, {}});
  set_not_built(policy, std::string(ast::to_string(group)) + " " + key, std::move(beyond));
}

}  // namespace syncline::analyze
