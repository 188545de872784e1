#include "connectors/postgres/postgres.h"

namespace syncline::connectors {
namespace {

std::vector<SettingInfo> settings() {
  return {
      {"host", SettingType::string, false, {}, "host name or address; default localhost"},
      {"port", SettingType::integer, false, {}, "default 5432"},
      {"socket", SettingType::string, false, {}, "directory of the server's Unix socket, instead of host"},
      {"user", SettingType::string, false, {}, "role to log in as"},
      {"password", SettingType::secret, false, {}, "SECRET 'env:…' or SECRET 'file:…'"},
      {"database", SettingType::string, true, {}, "the database; its schemas are the containers"},
      {"tls", SettingType::choice, false, "off|require|verify_ca|verify_full", "default verify_full; never falls back"},
      {"tls_ca", SettingType::string, false, {}, "file of trusted certificates; default the system's"},
      {"timezone", SettingType::string, false, {}, "zone in which timestamps without a zone are meant; default UTC"},
      {"max_connections", SettingType::integer, false, {}, "sessions that a run opens at most"},
      {"max_read_rate", SettingType::rate, false, {}, "bytes per second that a run reads at most"},
      {"connect_timeout", SettingType::duration, false, {}, "default 10 seconds"},
      {"allow_writes", SettingType::boolean, false, {}, "must be true for a target"},
      {"state", SettingType::choice, false, "target|local", "where the state of loads is kept; default target"},
      {"state_schema", SettingType::string, false, {}, "schema of the state tables; default syncline_meta"},
  };
}

LexicalRules lexical_rules() {
  LexicalRules rules;
  rules.dollar_quotes = true;
  rules.nested_comments = true;
  rules.e_strings = true;
  return rules;
}

Capabilities capabilities() {
  Capabilities c{};
  c.max_identifier_bytes = 63;
  c.max_identifier_characters = 0;
  c.table_case = NameCase::sensitive;
  c.column_case = NameCase::sensitive;
  c.index_names_per_table = false;
  c.transactional_ddl = true;
  c.foreign_keys_inline = false;
  c.rename_keeps_foreign_keys = false;
  c.max_parallel_loads = 0;
  c.tables_per_transaction = 50;
  c.shared_snapshots = true;
  c.max_key_bytes = 2704;
  c.max_row_bytes = 0;
  c.text_in_keys = true;
  c.unsigned_integers = false;
  c.max_decimal_precision = 1000;
  c.max_decimal_scale = 1000;
  c.comments = true;
  c.identity_on_integers_only = true;
  c.relays = true;
  return c;
}

}  // namespace

const EngineInfo& postgres_engine() {
  static const EngineInfo info{"postgres",      true,           true,    true, {"schema", "table"}, settings(), {}, {},
                               lexical_rules(), capabilities(), "public"};
  return info;
}

}  // namespace syncline::connectors
