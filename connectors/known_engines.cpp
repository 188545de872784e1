#include "connectors/known_engines.h"

#include <utility>

namespace syncline::connectors {
namespace {

using Words = std::vector<std::string_view>;

constexpr std::string_view kTlsModes = "off|require|verify_ca|verify_full";

/// What every server engine takes.
std::vector<SettingInfo> server_settings() {
  return {
      {"host", SettingType::string, true, {}, "host name or address"},
      {"port", SettingType::integer, false, {}, "TCP port"},
      {"user", SettingType::string, true, {}, "login"},
      {"password", SettingType::secret, false, {}, "SECRET reference"},
      {"database", SettingType::string, false, {}, "database to connect to"},
      {"tls", SettingType::choice, false, kTlsModes, "how the server proves itself"},
      {"tls_ca", SettingType::string, false, {}, "file with the certificates that are trusted"},
      {"timezone", SettingType::string, false, {}, "zone of naive date and time columns"},
      {"max_connections", SettingType::integer, false, {}, "most sessions at a time"},
      {"max_read_rate", SettingType::rate, false, {}, "most bytes or rows read per second"},
      {"connect_timeout", SettingType::duration, false, {}, "time a connection may take"},
      {"allow_writes", SettingType::boolean, false, {}, "may be a target"},
      {"state", SettingType::choice, false, "target|local", "where the run's state is kept"},
      {"state_schema", SettingType::string, false, {}, "schema or database of the state tables"},
  };
}

std::vector<SettingInfo> with(std::vector<SettingInfo> settings, const std::vector<SettingInfo>& more) {
  settings.insert(settings.end(), more.begin(), more.end());
  return settings;
}

std::vector<SettingInfo> maxcompute_settings() {
  return with(server_settings(), {{"endpoint", SettingType::string, false, {}, "service address, instead of host"},
                                  {"project", SettingType::string, false, {}, "project"},
                                  {"access_id", SettingType::string, false, {}, "access key id"},
                                  {"access_key", SettingType::secret, false, {}, "SECRET reference"},
                                  {"tunnel_endpoint", SettingType::string, false, {}, "address of the tunnel service"}});
}

/// A warehouse that loads and has no multi-statement transactions; the engines below change what differs.
Capabilities warehouse() {
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
          .tables_per_transaction = 1,
          .shared_snapshots = false,
          .max_key_bytes = 0,
          .max_row_bytes = 0,
          .text_in_keys = false,
          .unsigned_integers = false,
          .max_decimal_precision = 38,
          .max_decimal_scale = 38,
          .named_enum_types = false,
          .enum_by_check = false,
          .comments = true,
          .identity_on_integers_only = true,
          .upsert_by_any_unique_key = false,
          .keyset_pages = false,
          .relays = false,
          .zero_dates = false,
          .list_partition_columns = 0,
          .partitions_by_any_type = false,
          .foreign_keys_of_partitions = false,
          .widens_columns = true};
}

Capabilities database(int identifier_bytes, int identifier_characters) {
  Capabilities capabilities = warehouse();
  capabilities.max_identifier_bytes = identifier_bytes;
  capabilities.max_identifier_characters = identifier_characters;
  capabilities.column_case = NameCase::sensitive;
  capabilities.index_names_per_table = false;
  return capabilities;
}

LexicalRules mysql_like() {
  return {.backslash_escapes = true, .double_quote_strings = true, .backquote_names = true, .hash_comments = true};
}
LexicalRules postgres_like() {
  return {.dollar_quotes = true, .nested_comments = true, .e_strings = true};
}

EngineInfo doris() {
  return {.name = "doris",
          .built = false,
          .can_be_source = true,
          .can_be_target = true,
          .levels = {"database", "table"},
          .settings = with(server_settings(), {{"http_port", SettingType::integer, false, {}, "port of the load interface"}}),
          .table_types = {"duplicate_key", "unique_key", "aggregate_key"},
          .create_properties = {"replication_num",
                                "replication_allocation",
                                "storage_medium",
                                "storage_cooldown_time",
                                "storage_policy",
                                "colocate_with",
                                "bloom_filter_columns",
                                "compression",
                                "enable_unique_key_merge_on_write",
                                "light_schema_change",
                                "function_column.sequence_col",
                                "function_column.sequence_type",
                                "in_memory",
                                "disable_auto_compaction",
                                "enable_single_replica_compaction",
                                "store_row_column",
                                "row_store_columns",
                                "skip_write_index_on_load",
                                "compaction_policy",
                                "group_commit_interval_ms",
                                "group_commit_data_bytes",
                                "dynamic_partition.enable",
                                "dynamic_partition.time_unit",
                                "dynamic_partition.time_zone",
                                "dynamic_partition.start",
                                "dynamic_partition.end",
                                "dynamic_partition.prefix",
                                "dynamic_partition.buckets",
                                "dynamic_partition.replication_num",
                                "dynamic_partition.start_day_of_week",
                                "dynamic_partition.start_day_of_month",
                                "dynamic_partition.create_history_partition",
                                "dynamic_partition.history_partition_num",
                                "dynamic_partition.hot_partition_num"},
          .lexical = mysql_like(),
          .capabilities = warehouse(),
          .default_container = "",
          .least_versions = {}};
}

EngineInfo starrocks() {
  EngineInfo info = doris();
  info.name = "starrocks";
  info.table_types = {"duplicate_key", "unique_key", "aggregate_key", "primary_key"};
  info.create_properties = {"replication_num",
                            "storage_medium",
                            "storage_cooldown_time",
                            "storage_cooldown_ttl",
                            "colocate_with",
                            "bloom_filter_columns",
                            "compression",
                            "enable_persistent_index",
                            "persistent_index_type",
                            "replicated_storage",
                            "write_quorum",
                            "fast_schema_evolution",
                            "bucket_size",
                            "partition_live_number",
                            "partition_ttl",
                            "datacache.enable",
                            "datacache.partition_duration",
                            "unique_constraints",
                            "foreign_key_constraints",
                            "dynamic_partition.enable",
                            "dynamic_partition.time_unit",
                            "dynamic_partition.time_zone",
                            "dynamic_partition.start",
                            "dynamic_partition.end",
                            "dynamic_partition.prefix",
                            "dynamic_partition.buckets",
                            "dynamic_partition.history_partition_num"};
  info.capabilities.max_identifier_characters = 1024;
  return info;
}

EngineInfo clickhouse() {
  EngineInfo info = doris();
  info.name = "clickhouse";
  info.settings = with(server_settings(), {{"http_port", SettingType::integer, false, {}, "port of the HTTP interface"}});
  info.table_types = {"mergetree", "replacing", "summing", "aggregating", "collapsing", "versioned_collapsing", "log", "memory"};
  info.create_properties = {"index_granularity",
                            "index_granularity_bytes",
                            "storage_policy",
                            "ttl_only_drop_parts",
                            "merge_with_ttl_timeout",
                            "allow_nullable_key",
                            "min_bytes_for_wide_part",
                            "min_rows_for_wide_part",
                            "parts_to_throw_insert",
                            "parts_to_delay_insert",
                            "enable_mixed_granularity_parts",
                            "non_replicated_deduplication_window",
                            "replicated_deduplication_window"};
  info.lexical = {.backslash_escapes = true, .backquote_names = true, .hash_comments = true, .nested_comments = true};
  info.capabilities.max_identifier_characters = 206;
  info.capabilities.column_case = NameCase::sensitive;
  info.capabilities.unsigned_integers = true;
  info.capabilities.text_in_keys = true;
  info.capabilities.max_decimal_precision = 76;
  info.capabilities.max_decimal_scale = 76;
  return info;
}

EngineInfo maxcompute() {
  EngineInfo info = doris();
  info.name = "maxcompute";
  info.levels = {"schema", "table"};
  info.settings = maxcompute_settings();
  info.table_types = {"standard", "transactional", "delta_pk"};
  info.create_properties = {"lifecycle",
                            "transactional",
                            "write.bucket.num",
                            "acid.data.retain.hours",
                            "acid.incremental.query.out.of.time.range.enabled",
                            "primarykey.enable",
                            "columnar.nested.type"};
  info.lexical = {.backslash_escapes = true, .double_quote_strings = true, .backquote_names = true};
  info.capabilities.max_identifier_characters = 128;
  info.capabilities.table_case = NameCase::insensitive;
  info.default_container = "default";
  return info;
}

EngineInfo greenplum() {
  EngineInfo info = doris();
  info.name = "greenplum";
  info.levels = {"schema", "table"};
  info.settings = server_settings();
  info.table_types = {"heap", "ao_row", "ao_column"};
  info.create_properties = {"compresstype", "compresslevel",   "blocksize",  "checksum",
                            "fillfactor",   "appendoptimized", "orientation"};
  info.lexical = postgres_like();
  info.capabilities = database(63, 0);
  info.capabilities.transactional_ddl = true;
  info.capabilities.deferrable_foreign_keys = true;
  info.capabilities.named_enum_types = true;
  info.capabilities.enum_by_check = true;
  info.capabilities.text_in_keys = true;
  info.capabilities.max_decimal_precision = 0;
  info.capabilities.max_decimal_scale = 0;
  info.default_container = "public";
  return info;
}

EngineInfo hologres() {
  EngineInfo info = greenplum();
  info.name = "hologres";
  info.table_types = {"column", "row", "row_column"};
  info.create_properties = {"orientation",
                            "table_group",
                            "distribution_key",
                            "clustering_key",
                            "event_time_column",
                            "bitmap_columns",
                            "dictionary_encoding_columns",
                            "time_to_live_in_seconds",
                            "storage_mode",
                            "binlog.level",
                            "binlog.ttl",
                            "auto_partitioning.enable",
                            "auto_partitioning.time_unit"};
  info.capabilities.deferrable_foreign_keys = false;
  info.capabilities.named_enum_types = false;
  info.capabilities.enum_by_check = false;
  info.capabilities.max_decimal_precision = 38;
  info.capabilities.max_decimal_scale = 38;
  return info;
}

EngineInfo oracle() {
  EngineInfo info = greenplum();
  info.name = "oracle";
  info.settings = with(server_settings(), {{"service", SettingType::string, false, {}, "service name"},
                                           {"sid", SettingType::string, false, {}, "system identifier"}});
  info.table_types = {"heap", "index_organized"};
  info.create_properties = {"tablespace", "compress", "pctfree", "initrans", "logging"};
  info.lexical = {};
  info.capabilities = database(128, 0);
  info.capabilities.deferrable_foreign_keys = true;
  info.capabilities.enum_by_check = true;
  info.capabilities.max_key_bytes = 6398;
  info.default_container = "";
  return info;
}

EngineInfo sqlserver() {
  EngineInfo info = greenplum();
  info.name = "sqlserver";
  info.table_types = {"heap", "clustered", "columnstore"};
  info.create_properties = {"data_compression", "fillfactor", "filegroup"};
  info.lexical = {.bracket_names = true, .nested_comments = true};
  info.capabilities = database(0, 128);
  info.capabilities.enum_by_check = true;
  info.capabilities.table_case = NameCase::insensitive;
  info.capabilities.column_case = NameCase::insensitive;
  info.capabilities.index_names_per_table = true;
  info.capabilities.transactional_ddl = true;
  info.capabilities.max_key_bytes = 1700;
  info.capabilities.max_row_bytes = 8060;
  info.default_container = "dbo";
  return info;
}

}  // namespace

const std::vector<EngineInfo>& known_engines() {
  static const std::vector<EngineInfo> engines = {doris(),     starrocks(), clickhouse(), maxcompute(),
                                                  greenplum(), hologres(),  oracle(),     sqlserver()};
  return engines;
}

}  // namespace syncline::connectors
