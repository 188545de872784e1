#include "engines.h"

#include <map>
#include <stdexcept>

#include "cells.h"
#include "connectors/api/registry.h"

namespace syncline::conformance {
namespace {

using types::TypeKind;

types::LogicalType unsigned_bigint() {
  auto type = logical(TypeKind::bigint);
  type.is_unsigned = true;
  return type;
}

types::LogicalType labelled(TypeKind kind) {
  auto type = logical(kind);
  type.labels = {"a", "b'", "c|d"};
  return type;
}

const std::vector<std::string> kTexts{"",
                                      "plain",
                                      "tab\tnewline\nreturn\r",
                                      R"(back\slash \N \t '' " ` %s)",
                                      "\xf0\x9f\x98\x80 \xc3\xa9 \xe4\xb8\xad",
                                      "\x1b[31m \x01 \x7f",
                                      " lead and trail "};
const std::vector<std::string> kBytes{"", "00", "0d0a5c09001aff", "27225c4e", "f09f9880fffe"};
const std::vector<std::string> kDecimals{"0.00000", "-0.00001", "123456789012345.12345", "-999999999999999.99999"};
const std::vector<std::string> kTimes{"00:00:00.000000", "23:59:59.999999"};
const std::vector<std::string> kMoments{"1970-01-02 00:00:00.000001", "2024-02-29 12:34:56.789012", "2037-12-31 23:59:59.999999"};
const std::vector<std::string> kNaive{"1000-01-01 00:00:00.000000", "2024-03-31 02:30:00.500000", "9999-12-31 23:59:59.999999"};
const std::vector<std::string> kDates{"1000-01-01", "2024-02-29", "9999-12-31"};
const std::vector<std::string> kDoubles{"0", "0.1", "1.7976931348623157e+308", "5e-324", "-123456.789"};

std::vector<std::string> names() {
  return {"quo'te",     "quo\"te",   "back`quote",        "do.t",   "two  spaces", "\xc3\x9cn\xc3\xaf_\xe4\xb8\xad",
          "%s%n%d",     "new\nline", "es\x1b[31mc",       "select", "back\\slash", "semi;--colon",
          "[brackets]", "$1 ?",      std::string(60, 'n')};
}

EngineData mysql() {
  EngineData data;
  data.name = "mysql";
  data.id = "bigint";
  data.text = "varchar(50)";
  data.text_ignoring_case = "varchar(50) COLLATE utf8mb4_general_ci";
  data.decimal = "decimal(20,5)";
  data.number = "double";
  data.flag = "tinyint(1)";
  data.date = "date";
  data.datetime = "datetime(6)";
  data.instant = "timestamp(6)";
  data.now = "datetime(6)";
  data.columns = {
      {"c_boolean", "tinyint(1)", logical(TypeKind::boolean), {"true", "false"}},
      {"c_tinyint", "tinyint", logical(TypeKind::tinyint), {"-128", "127"}},
      {"c_smallint", "smallint", logical(TypeKind::smallint), {"-32768", "32767"}},
      {"c_int", "int", logical(TypeKind::integer), {"-2147483648", "2147483647"}},
      {"c_bigint", "bigint", logical(TypeKind::bigint), {"-9223372036854775808", "9223372036854775807"}},
      {"c_unsigned", "bigint unsigned", unsigned_bigint(), {"0", "18446744073709551615"}},
      {"c_decimal", "decimal(20,5)", logical(TypeKind::decimal, 20, 5), kDecimals},
      {"c_float", "float", logical(TypeKind::float32), {"0", "0.1", "3.4028235e+38", "1e-45"}},
      {"c_double", "double", logical(TypeKind::float64), kDoubles},
      {"c_varchar", "varchar(50)", logical(TypeKind::string, -1, -1, 50), kTexts},
      {"c_text", "longtext", logical(TypeKind::string), kTexts},
      {"c_varbinary", "varbinary(50)", logical(TypeKind::bytes, -1, -1, 50), kBytes},
      {"c_blob", "longblob", logical(TypeKind::bytes), kBytes},
      {"c_bits", "bit(12)", logical(TypeKind::bits, -1, -1, 12), {"000000000000", "101010101011"}},
      {"c_date", "date", logical(TypeKind::date), kDates},
      {"c_time", "time(6)", logical(TypeKind::time, -1, 6), {"-838:59:59.000000", "00:00:00.000001", "838:59:59.000000"}},
      {"c_datetime", "datetime(6)", logical(TypeKind::timestamp_local, -1, 6), kNaive},
      {"c_timestamp", "timestamp(6)", logical(TypeKind::timestamp, -1, 6), kMoments},
      {"c_json", "longtext", logical(TypeKind::json), {R"({"a": [1, "\\ \" é"]})", "null"}},
      {"c_enum", R"(enum('a','b''','c|d'))", labelled(TypeKind::enumeration), {"a", "b'", "c|d"}},
      {"c_set", R"(set('a','b''','c|d'))", labelled(TypeKind::set), {"", "a,b'", "c|d"}}};
  data.refused = {{"varchar(5)", logical(TypeKind::string), "123456"},
                  {"smallint", logical(TypeKind::bigint), "40000"},
                  {"bigint unsigned", logical(TypeKind::bigint), "-1"},
                  {"decimal(5,2)", logical(TypeKind::decimal), "1000.00"},
                  {"decimal(5,2)", logical(TypeKind::decimal), "1.234"},
                  {"double", logical(TypeKind::float64), "NaN"},
                  {"double", logical(TypeKind::float64), "Infinity"},
                  {"datetime(6)", logical(TypeKind::timestamp_local), "10000-01-01 00:00:00.000000"},
                  {"varbinary(2)", logical(TypeKind::bytes), "010203"}};
  data.hostile_names = names();
  data.refused_names = {std::string("nul\0", 4), "\xff\xfe"};
  data.own_tables =
      R"(SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = '{container}' AND TABLE_NAME LIKE 'syncline!_%' ESCAPE '!')";
  data.writing_filters = {"id = NEXTVAL(`{container}`.counter)"};
  data.ledger = "SELECT count(*), coalesce(sum(row_count), 0) FROM {state}.syncline_chunk";
  data.make_user = "CREATE USER '{container}_user'@'127.0.0.1' IDENTIFIED BY 'canary-of-user'";
  data.drop_user = "DROP USER '{container}_user'@'127.0.0.1'";
  data.prepare = {"XA START '{name}'", "INSERT INTO {table} (id) VALUES (200)", "XA END '{name}'", "XA PREPARE '{name}'"};
  data.forget_prepared = "XA ROLLBACK '{name}'";
  data.weak_isolation = {"SET GLOBAL TRANSACTION ISOLATION LEVEL READ COMMITTED",
                         "SET GLOBAL TRANSACTION ISOLATION LEVEL REPEATABLE READ"};
  data.begin_snapshot = {"SET TRANSACTION ISOLATION LEVEL REPEATABLE READ", "START TRANSACTION WITH CONSISTENT SNAPSHOT"};
  data.watch = "SELECT COUNT(*) FROM information_schema.INNODB_TRX";
  return data;
}

EngineData postgres() {
  EngineData data;
  data.name = "postgres";
  data.id = "bigint";
  data.text = "character varying(50)";
  data.text_ignoring_case = "character varying(50) COLLATE \"en-x-icu\"";
  data.decimal = "numeric(20,5)";
  data.number = "double precision";
  data.flag = "boolean";
  data.date = "date";
  data.datetime = "timestamp(6) without time zone";
  data.instant = "timestamp(6) with time zone";
  data.now = "timestamp(6) without time zone";
  const std::vector<std::string> moments{"-4712-01-01 00:00:00.000000", "1970-01-02 00:00:00.000001",
                                         "2024-02-29 12:34:56.789012", "infinity", "-infinity"};
  data.columns = {{"c_boolean", "boolean", logical(TypeKind::boolean), {"true", "false"}},
                  {"c_smallint", "smallint", logical(TypeKind::smallint), {"-32768", "32767"}},
                  {"c_int", "integer", logical(TypeKind::integer), {"-2147483648", "2147483647"}},
                  {"c_bigint", "bigint", logical(TypeKind::bigint), {"-9223372036854775808", "9223372036854775807"}},
                  {"c_big", "numeric(20,0)", logical(TypeKind::decimal, 20, 0), {"0", "18446744073709551615"}},
                  {"c_decimal", "numeric(20,5)", logical(TypeKind::decimal, 20, 5), kDecimals},
                  {"c_numeric",
                   "numeric",
                   logical(TypeKind::decimal),
                   {"NaN", "0.0000000000000000000000001", "Infinity", "123456789012345678901234567890"}},
                  {"c_float", "real", logical(TypeKind::float32), {"0", "0.1", "3.4028235e+38", "NaN", "-Infinity"}},
                  {"c_double", "double precision", logical(TypeKind::float64), kDoubles},
                  {"c_varchar", "character varying(50)", logical(TypeKind::string, -1, -1, 50), kTexts},
                  {"c_text", "text", logical(TypeKind::string), kTexts},
                  {"c_bytes", "bytea", logical(TypeKind::bytes), kBytes},
                  {"c_bits", "bit(12)", logical(TypeKind::bits, -1, -1, 12), {"000000000000", "101010101011"}},
                  {"c_date", "date", logical(TypeKind::date), {"-4712-01-01", "2024-02-29", "infinity", "-infinity"}},
                  {"c_time",
                   "time(6) without time zone",
                   logical(TypeKind::time, -1, 6),
                   {"00:00:00.000000", "23:59:59.999999", "24:00:00.000000"}},
                  {"c_datetime", "timestamp(6) without time zone", logical(TypeKind::timestamp_local, -1, 6), moments},
                  {"c_timestamp", "timestamp(6) with time zone", logical(TypeKind::timestamp, -1, 6), moments},
                  {"c_interval", "interval", logical(TypeKind::interval), {"P1Y2M3DT4H5M6.789S", "PT0S"}},
                  {"c_uuid", "uuid", logical(TypeKind::uuid), {"a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"}},
                  {"c_json", "json", logical(TypeKind::json), {R"({"a": [1,  "\\ \" é"]})", "null"}},
                  {"c_network", "inet", logical(TypeKind::network), {"192.168.0.1", "10.0.0.0/8", "::1"}}};
  data.refused = {{"character varying(5)", logical(TypeKind::string), "123456"},
                  {"text", logical(TypeKind::string), std::string("a\0b", 3)},
                  {"smallint", logical(TypeKind::bigint), "40000"},
                  {"numeric(5,2)", logical(TypeKind::decimal), "1000.00"},
                  {"numeric(5,2)", logical(TypeKind::decimal), "1.234"},
                  {"uuid", logical(TypeKind::string), "no uuid"}};
  data.hostile_names = names();
  data.hostile_names.insert(data.hostile_names.end(), {"emoji \xf0\x9f\x98\x80", "trailing space "});
  data.refused_names = {std::string("nul\0", 4), "\xff\xfe"};
  data.own_tables =
      "SELECT tablename FROM pg_tables WHERE schemaname = '{container}' AND tablename LIKE 'syncline!_%' ESCAPE '!'";
  data.writing_filters = {"id = nextval('{container}.counter')"};
  data.ledger = "SELECT count(*), coalesce(sum(rows), 0) FROM {state}.syncline_chunk";
  data.make_user = "CREATE ROLE {container}_user LOGIN";
  data.drop_user = "DROP ROLE {container}_user";
  data.prepare = {"BEGIN", "INSERT INTO {table} (id) VALUES (200)", "PREPARE TRANSACTION '{name}'"};
  data.forget_prepared = "ROLLBACK PREPARED '{name}'";
  data.begin_snapshot = {"BEGIN ISOLATION LEVEL REPEATABLE READ", "SELECT 1"};
  data.watch = "SELECT count(*) FROM pg_stat_activity";
  return data;
}

EngineData sqlite() {
  EngineData data;
  data.name = "sqlite";
  data.id = "INTEGER";
  data.text = "VARCHAR(50)";
  data.text_ignoring_case = "VARCHAR(50) COLLATE NOCASE";
  data.decimal = "DECIMAL_TEXT(20,5)";
  data.number = "REAL";
  data.flag = "BOOLEAN_INT";
  data.date = "DATE_TEXT";
  data.datetime = "DATETIME_TEXT(6)";
  data.instant = "TIMESTAMPTZ_TEXT(6)";
  data.now = "DATETIME_TEXT(6)";
  data.columns = {{"c_boolean", "BOOLEAN_INT", logical(TypeKind::boolean), {"true", "false"}},
                  {"c_bigint", "INTEGER", logical(TypeKind::bigint), {"-9223372036854775808", "9223372036854775807"}},
                  {"c_unsigned", "DECIMAL_TEXT(20,0)", unsigned_bigint(), {"0", "18446744073709551615"}},
                  {"c_decimal", "DECIMAL_TEXT(20,5)", logical(TypeKind::decimal, 20, 5), kDecimals},
                  {"c_double", "REAL", logical(TypeKind::float64), kDoubles},
                  {"c_text", "TEXT", logical(TypeKind::string), kTexts},
                  {"c_bytes", "BLOB", logical(TypeKind::bytes), kBytes},
                  {"c_bits", "TEXT", logical(TypeKind::bits, -1, -1, 12), {"000000000000", "101010101011"}},
                  {"c_date", "DATE_TEXT", logical(TypeKind::date), kDates},
                  {"c_time", "TIME_TEXT(6)", logical(TypeKind::time, -1, 6), kTimes},
                  {"c_datetime", "DATETIME_TEXT(6)", logical(TypeKind::timestamp_local, -1, 6), kNaive},
                  {"c_timestamp", "TIMESTAMPTZ_TEXT(6)", logical(TypeKind::timestamp, -1, 6), kMoments},
                  {"c_json", "JSON_TEXT", logical(TypeKind::json), {R"({"a": [1,  "\\ \" é"]})", "null"}},
                  {"c_uuid", "UUID_TEXT", logical(TypeKind::uuid), {"a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"}}};
  data.refused = {{"INTEGER", unsigned_bigint(), "18446744073709551615"},
                  {"REAL", logical(TypeKind::float64), "NaN"},
                  {"DATETIME_TEXT(0)", logical(TypeKind::timestamp_local, -1, 0), "2024-01-01 00:00:00.500000"}};
  data.hostile_names = names();
  data.hostile_names.insert(data.hostile_names.end(), {"emoji \xf0\x9f\x98\x80", "trailing space "});
  data.refused_names = {std::string("nul\0", 4), "\xff\xfe"};
  data.own_tables =
      "SELECT name FROM sqlite_schema WHERE name LIKE 'syncline!_stg%' ESCAPE '!' OR name LIKE 'syncline!_old%' ESCAPE '!'";
  data.ledger = "SELECT count(*), coalesce(sum(row_count), 0) FROM syncline_chunk";
  data.storage_modes = {"PRAGMA journal_mode = DELETE", "PRAGMA journal_mode = WAL"};
  data.tells_transactions_apart = false;
  data.begin_snapshot = {"PRAGMA journal_mode = WAL", "BEGIN", "SELECT count(*) FROM people"};
  data.old_rows_stay = true;
  return data;
}

}  // namespace

const EngineData& engine_data(const std::string& engine) {
  static const std::map<std::string, EngineData> all{{"mysql", mysql()}, {"postgres", postgres()}, {"sqlite", sqlite()}};
  const auto found = all.find(engine);
  if (found == all.end()) throw std::runtime_error("tests/conformance/engines.cpp has no data for " + engine);
  return found->second;
}

std::vector<std::string> built_engines() {
  std::vector<std::string> built;
  for (const auto& name : connectors::default_registry().names()) {
    if (connectors::default_registry().connector(name) != nullptr) built.push_back(name);
  }
  return built;
}

}  // namespace syncline::conformance
