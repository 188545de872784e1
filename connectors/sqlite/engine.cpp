#include "connectors/sqlite/sqlite.h"

namespace syncline::connectors {

const EngineInfo& sqlite_engine() {
  static const EngineInfo engine = {
      .name = "sqlite",
      .built = true,
      .can_be_source = true,
      .can_be_target = true,
      .levels = {"table"},
      .settings = {{"path", SettingType::string, true, {}, "the database file"},
                   {"timezone", SettingType::string, false, {}, "zone of naive date and time columns"},
                   {"allow_writes", SettingType::boolean, false, {}, "may be a target; a missing file is then made"}},
      .table_types = {"strict", "without_rowid"},
      .create_properties = {},
      .lexical = {.double_quote_strings = false, .backquote_names = true, .bracket_names = true},
      .capabilities = {.max_identifier_bytes = 0,
                       .max_identifier_characters = 0,
                       .table_case = NameCase::insensitive,
                       .column_case = NameCase::insensitive,
                       .index_names_per_table = false,
                       .transactional_ddl = true,
                       .foreign_keys_inline = true,
                       .typed_foreign_keys = false,
                       .deferrable_foreign_keys = true,
                       .rename_keeps_foreign_keys = true,
                       .max_parallel_loads = 1,
                       .tables_per_transaction = 50,
                       .shared_snapshots = true,
                       .max_key_bytes = 0,
                       .max_row_bytes = 0,
                       .text_in_keys = true,
                       .unsigned_integers = false,
                       .max_decimal_precision = 0,
                       .max_decimal_scale = 0,
                       .named_enum_types = false,
                       .enum_by_check = false,
                       .comments = false,
                       .identity_on_integers_only = true,
                       .upsert_by_any_unique_key = false,
                       .keyset_pages = true,
                       .relays = true,
                       .zero_dates = false,
                       .list_partition_columns = 0,
                       .partitions_by_any_type = false,
                       .foreign_keys_of_partitions = false,
                       .widens_columns = false},
      .default_container = "",
      .least_versions = {}};
  return engine;
}

}  // namespace syncline::connectors
