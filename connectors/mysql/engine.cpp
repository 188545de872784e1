#include "connectors/mysql/mysql.h"

namespace syncline::connectors {
namespace {

std::vector<SettingInfo> settings() {
  return {
      {"host", SettingType::string, false, {}, "name or address of the server"},
      {"port", SettingType::integer, false, {}, "TCP port, 3306 by default"},
      {"socket", SettingType::string, false, {}, "path of the server's UNIX socket, instead of host and port"},
      {"user", SettingType::string, true, {}, "who logs in"},
      {"password", SettingType::secret, false, {}, "a SECRET; none is sent when it is missing"},
      {"database", SettingType::string, false, {}, "container of names that have none of their own"},
      {"tls", SettingType::choice, false, "off|require|verify_ca|verify_full", "verify_full unless the host is this machine"},
      {"tls_ca", SettingType::string, false, {}, "file of trusted certificates; the system's by default"},
      {"timezone", SettingType::string, false, {}, "zone in which naive dates and times are meant, UTC by default"},
      {"max_connections", SettingType::integer, false, {}, "most sessions at a time"},
      {"max_read_rate", SettingType::rate, false, {}, "most bytes per second that are read"},
      {"connect_timeout", SettingType::duration, false, {}, "how long a login may take, 10s by default"},
      {"allow_writes", SettingType::boolean, false, {}, "true: this connection may be a target"},
      {"state", SettingType::choice, false, "target|local", "where a target's run state lives"},
      {"state_schema", SettingType::string, false, {}, "database of the run state, syncline_meta by default"},
  };
}

LexicalRules lexical() {
  LexicalRules rules;
  rules.backslash_escapes = true;
  rules.double_quote_strings = true;
  rules.backquote_names = true;
  rules.hash_comments = true;
  return rules;
}

Capabilities capabilities() {
  Capabilities can{};
  can.max_identifier_bytes = 0;
  can.max_identifier_characters = 64;
  can.table_case = NameCase::sensitive;
  can.column_case = NameCase::insensitive;
  can.index_names_per_table = true;
  can.transactional_ddl = false;
  can.foreign_keys_inline = false;
  can.rename_keeps_foreign_keys = false;
  can.max_parallel_loads = 0;
  can.tables_per_transaction = 50;
  can.shared_snapshots = true;
  can.max_key_bytes = 3072;
  can.max_row_bytes = 65535;
  can.text_in_keys = false;
  can.unsigned_integers = true;
  can.max_decimal_precision = 65;
  can.max_decimal_scale = 30;
  can.comments = true;
  can.identity_on_integers_only = true;
  can.zero_dates = true;
  return can;
}

EngineInfo make_engine() {
  EngineInfo info{};
  info.name = "mysql";
  info.built = true;
  info.can_be_source = true;
  info.can_be_target = true;
  info.levels = {"database", "table"};
  info.settings = settings();
  info.lexical = lexical();
  info.capabilities = capabilities();
  return info;
}

}  // namespace

const EngineInfo& mysql_engine() {
  static const EngineInfo info = make_engine();
  return info;
}

}  // namespace syncline::connectors
