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
  return {.max_identifier_bytes = 0,
          .max_identifier_characters = 64,
          .table_case = NameCase::sensitive,
          .column_case = NameCase::insensitive,
          .index_names_per_table = true,
          .transactional_ddl = false,
          .foreign_keys_inline = false,
          .typed_foreign_keys = true,
          .deferrable_foreign_keys = false,
          .rename_keeps_foreign_keys = false,
          .max_parallel_loads = 0,
          .tables_per_transaction = 50,
          .shared_snapshots = true,
          .max_key_bytes = 3072,
          .max_row_bytes = 65535,
          .text_in_keys = false,
          .unsigned_integers = true,
          .max_decimal_precision = 65,
          .max_decimal_scale = 30,
          .named_enum_types = false,
          .enum_by_check = false,
          .comments = true,
          .identity_on_integers_only = true,
          .upsert_by_any_unique_key = true,
          .keyset_pages = true,
          .relays = false,
          .zero_dates = true,
          .list_partition_columns = 16,
          .partitions_by_any_type = false,
          .foreign_keys_of_partitions = false,
          .widens_columns = true};
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
  // Generated columns in the catalogue; of a target also row_number(), for a merge of several rows with one key.
  info.least_versions = {{"MariaDB", {100205, "10.2.5"}, {100205, "10.2.5"}}, {"MySQL", {50700, "5.7"}, {80000, "8.0"}}};
  return info;
}

}  // namespace

const EngineInfo& mysql_engine() {
  static const EngineInfo info = make_engine();
  return info;
}

}  // namespace syncline::connectors
