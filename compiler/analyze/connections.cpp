#include "compiler/analyze/parameters.h"
#include "compiler/analyze/setting_values.h"
#include "stdlib/base/text.h"

namespace syncline::analyze {
namespace {

using connectors::SettingInfo;
using connectors::SettingType;
using Kind = ast::SettingValue::Kind;

constexpr const char* kAllowWrites = "allow_writes";

const char* wanted(SettingType type) {
  switch (type) {
    case SettingType::string:
      return "a text";
    case SettingType::integer:
      return "a whole number";
    case SettingType::boolean:
      return "true or false";
    case SettingType::duration:
      return "a duration such as `30 SECONDS`";
    case SettingType::bytes:
      return "a size such as `64 MB`";
    case SettingType::rate:
      return "a rate such as `50 MB PER SECOND`";
    case SettingType::choice:
      return "one of its words";
    case SettingType::secret:
      return "a SECRET";
  }
  return "another value";
}

std::vector<std::string> split_choices(std::string_view choices) {
  std::vector<std::string> list;
  while (!choices.empty()) {
    const std::size_t bar = choices.find('|');
    list.emplace_back(choices.substr(0, bar));
    choices.remove_prefix(bar == std::string_view::npos ? choices.size() : bar + 1);
  }
  return list;
}

std::string choice_text(const std::vector<std::string>& choices) {
  std::string text;
  for (std::size_t i = 0; i < choices.size(); ++i)
    text += (i == 0 ? "" : i + 1 == choices.size() ? " or " : ", ") + ("`" + choices[i] + "`");
  return text;
}

/// Canonical text of a value of this type, or nothing.
std::optional<std::string> canonical(const SettingInfo& info, const ast::SettingValue& value) {
  switch (info.type) {
    case SettingType::string:
      if (value.kind == Kind::string || value.kind == Kind::word) return value.text;
      return std::nullopt;
    case SettingType::integer:
      if (const auto number = integer_of(value)) return std::to_string(*number);
      return std::nullopt;
    case SettingType::boolean:
      if (value.kind == Kind::boolean) return value.boolean ? "true" : "false";
      return std::nullopt;
    case SettingType::duration:
      if (const auto seconds = seconds_of(value)) return std::to_string(*seconds);
      return std::nullopt;
    case SettingType::bytes:
      if (const auto bytes = bytes_of(value)) return std::to_string(*bytes);
      return std::nullopt;
    case SettingType::rate:
      return rate_of(value);
    case SettingType::choice: {
      const auto word = value.kind == Kind::boolean ? std::optional<std::string>(value.boolean ? "on" : "off") : word_of(value);
      for (const std::string& one : split_choices(info.choices)) {
        if (word == one) return word;
      }
      return std::nullopt;
    }
    case SettingType::secret:
      return std::nullopt;
  }
  return std::nullopt;
}

bool is_loopback(const std::string& host) {
  return host == "localhost" || host == "::1" || host == "[::1]" || host.rfind("127.", 0) == 0 || host.empty();
}

class Binder {
 public:
  Binder(Context& context, const ast::ConnectionStatement& statement, bound::Connection& connection)
      : context_(context), statement_(statement), connection_(connection), name_(statement.name.text) {}

  void bind() {
    connection_.engine = context_.registry.find(statement_.engine.text);
    if (connection_.engine == nullptr) return report_engine();
    connection_.plan.name = name_;
    connection_.plan.engine = std::string(connection_.engine->name);
    connection_.span = statement_.name.span;
    for (const ast::Setting& setting : statement_.settings) take(setting);
    require_settings();
    fill();
  }

 private:
  [[nodiscard]] std::string where() const { return "connection `" + name_ + "`"; }
  void report(diag::Diagnostic diagnostic) { context_.sink.emit(std::move(diagnostic).for_connection(name_)); }

  void report_engine() {
    report(diag::UnknownEngine(statement_.engine.text)
               .at(statement_.engine.span)
               .did_you_mean(text::ascii_lower(statement_.engine.text), context_.registry.names()));
  }

  [[nodiscard]] const SettingInfo* find(std::string_view key) const {
    for (const SettingInfo& info : connection_.engine->settings) {
      if (info.name == key) return &info;
    }
    return nullptr;
  }

  void take(const ast::Setting& setting) {
    const std::string key = text::ascii_lower(setting.key.text);
    const SettingInfo* info = find(key);
    if (info == nullptr) {
      std::vector<std::string> names;
      for (const SettingInfo& one : connection_.engine->settings) names.emplace_back(one.name);
      if (const auto meant = text::did_you_mean(key, names)) misspelt_.insert(*meant);
      return report(diag::UnknownSetting(setting.key.text, "a connection of type " + connection_.plan.engine)
                        .at(setting.key.span)
                        .with_help("settings of " + connection_.plan.engine + ": " + text::sample_list(names, names.size()))
                        .did_you_mean(key, names));
    }
    const auto [first, fresh] = seen_.emplace(key, setting.key.span);
    if (!fresh) return report(diag::SettingTwice(key, where()).at(setting.key.span).also(first->second, "first given here"));
    take_value(*info, key, resolve(context_, setting.value, key), setting.value);
  }

  void take_value(const SettingInfo& info, const std::string& key, const ast::SettingValue& value,
                  const ast::SettingValue& written) {
    if (info.type == SettingType::secret) return take_secret(key, value, written);
    if (value.kind == Kind::parameter) return;  // no value yet: `require_values` asks for it before a plan is made
    if (value.kind == Kind::secret) {
      return report(diag::SettingType(key, wanted(info.type), "a SECRET")
                        .at(written.span)
                        .with_help("only passwords come from a SECRET; use a PARAM for what differs between places"));
    }
    if (const auto text = canonical(info, value)) {
      connection_.plan.settings[key] = *text;
      return;
    }
    const auto choices = split_choices(info.choices);
    const std::string expected = info.type == SettingType::choice ? choice_text(choices) : wanted(info.type);
    auto finding = diag::SettingType(key, expected, describe(value)).at(written.span);
    if (info.type == SettingType::choice) {
      std::move(finding).did_you_mean(word_of(value).value_or(""), choices);
    } else {
      suggest_value(finding, value);
    }
    report(std::move(finding));
  }

  void take_secret(const std::string& key, const ast::SettingValue& value, const ast::SettingValue& written) {
    if (value.kind == Kind::secret) {
      if (check_secret(value.secret, connection_.not_built, context_.sink))
        connection_.plan.secrets[key] = value.secret.reference;
    } else if (value.kind == Kind::null) {
      return;
    } else if (value.kind != Kind::parameter || written.kind != Kind::parameter) {
      report(diag::LiteralPassword(name_)
                 .at(written.span, written.kind == Kind::parameter ? "this parameter is no SECRET" : "")
                 .with_help("use SECRET 'env:NAME' or SECRET 'file:PATH'; if this is a real password, change it: it stays in the "
                            "history of the file"));
    }
  }

  void require_settings() {
    for (const SettingInfo& info : connection_.engine->settings) {
      const std::string name(info.name);
      if (!info.required || seen_.count(name) != 0 || misspelt_.count(name) != 0) continue;
      report(diag::SettingMissing(where() + " (" + connection_.plan.engine + ")", info.name)
                 .at(statement_.name.span)
                 .with_help("add `" + std::string(info.name) + " = …`"));
    }
  }

  [[nodiscard]] std::string setting(const char* key) const {
    const auto found = connection_.plan.settings.find(key);
    return found == connection_.plan.settings.end() ? std::string() : found->second;
  }

  void fill() {
    connection_.allow_writes = setting(kAllowWrites) == "true";
    const bool unreadable = seen_.count(kAllowWrites) != 0 && setting(kAllowWrites).empty();
    connection_.allow_writes_doubtful |= unreadable || misspelt_.count(kAllowWrites) != 0;
    connection_.database = setting("database");
    if (!setting("timezone").empty()) connection_.timezone = setting("timezone");
    check_range("port", 1, 65535);
    check_range("max_connections", 1, 100000);
    if (!setting("max_connections").empty() && setting("max_connections").size() < 7)
      connection_.max_connections = std::stoi(setting("max_connections"));
    if (!setting("max_read_rate").empty())
      connection_.not_built.push_back({"`max_read_rate`", seen_["max_read_rate"], "max_read_rate"});
    fill_tls();
  }

  void check_range(const char* key, long long low, long long high) {
    const std::string text = setting(key);
    if (text.empty()) return;
    if (text.size() <= 9 && std::stoll(text) >= low && std::stoll(text) <= high) return;
    report(diag::SettingType(key, "a number from " + std::to_string(low) + " to " + std::to_string(high), "`" + text + "`")
               .at(seen_[key]));
    connection_.plan.settings.erase(key);
  }

  /// A host that is not loopback is verified in full unless the script says otherwise; never a silent fallback.
  void fill_tls() {
    const std::string host = setting("host");
    const bool local = is_loopback(host) || host.front() == '/' || !setting("socket").empty();
    if (find("tls") == nullptr) return;
    if (setting("tls").empty()) {
      if (seen_.count("tls") == 0) connection_.plan.settings["tls"] = local ? "off" : "verify_full";
    } else if (setting("tls") == "off" && !local) {
      report(diag::TlsOff(name_, host)
                 .at(seen_["tls"])
                 .with_help("anyone on the way can read and change the data; leave `tls` out to verify the server in full"));
    }
  }

  Context& context_;
  const ast::ConnectionStatement& statement_;
  bound::Connection& connection_;
  std::string name_;
  std::map<std::string, source::Span> seen_;
  std::set<std::string> misspelt_;  ///< what unknown ones probably mean
};

}  // namespace

void bind_connections(Context& context) {
  for (const auto& [name, declared] : context.declared.connections) {
    auto connection = std::make_unique<bound::Connection>();
    Binder(context, *declared.statement, *connection).bind();
    if (connection->engine != nullptr) context.unit.connections[name] = std::move(connection);
  }
}

}  // namespace syncline::analyze
