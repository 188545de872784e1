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
  return {.max_identifier_bytes = 63,
          .max_identifier_characters = 0,
          .table_case = NameCase::sensitive,
          .column_case = NameCase::sensitive,
          .index_names_per_table = false,
          .transactional_ddl = true,
          .foreign_keys_inline = false,
          .typed_foreign_keys = true,
          .deferrable_foreign_keys = true,
          .rename_keeps_foreign_keys = false,
          .max_parallel_loads = 0,
          .tables_per_transaction = 50,
          .shared_snapshots = true,
          .max_key_bytes = 2704,
          .max_row_bytes = 0,
          .text_in_keys = true,
          .unsigned_integers = false,
          .max_decimal_precision = 1000,
          .max_decimal_scale = 1000,
          .named_enum_types = true,
          .enum_by_check = true,
          .comments = true,
          .identity_on_integers_only = true,
          .upsert_by_any_unique_key = false,
          .keyset_pages = true,
          .relays = true,
          .zero_dates = false,
          .list_partition_columns = 1,
          .partitions_by_any_type = true,
          .foreign_keys_of_partitions = true,
          .widens_columns = true};
}

}  // namespace

const EngineInfo& postgres_engine() {
  static const EngineInfo info{"postgres",
                               true,
                               true,
                               true,
                               {"schema", "table"},
                               settings(),
                               {},
                               {},
                               lexical_rules(),
                               capabilities(),
                               "public",
                               // Generated columns: pg_attribute.attgenerated.
                               {{"PostgreSQL", {120000, "12"}, {120000, "12"}}}};
  return info;
}

}  // namespace syncline::connectors
