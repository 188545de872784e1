#include <boost/test/unit_test.hpp>

#include "stdlib/types/batch.h"
#include "stdlib/types/coercion.h"
#include "stdlib/types/json_text.h"
#include "stdlib/types/network_text.h"
#include "stdlib/types/schema.h"
#include "stdlib_mappings.h"

BOOST_AUTO_TEST_SUITE(stdlib_types)

using namespace syncline::types;

namespace {

LogicalType type(const std::string& text) {
  const auto open = text.find('(');
  std::string words = text.substr(0, open);
  std::vector<std::string> arguments;
  if (open != std::string::npos) {
    const auto close = text.rfind(')');
    words += text.substr(close + 1);
    std::string part;
    int depth = 0;
    for (const char c : text.substr(open + 1, close - open - 1)) {
      depth += c == '(' ? 1 : c == ')' ? -1 : 0;
      if (c == ',' && depth == 0) {
        arguments.push_back(part);
        part.clear();
      } else {
        part += c;
      }
    }
    arguments.push_back(part);
  }
  const auto made = make_logical(words, arguments);
  BOOST_REQUIRE_MESSAGE(made, text);
  return *made;
}

}  // namespace

BOOST_AUTO_TEST_CASE(types_as_text) {
  for (const char* text : {"bool",
                           "tinyint",
                           "bigint unsigned",
                           "decimal(10,2)",
                           "decimal",
                           "decimal(5,-2)",
                           "float32",
                           "string(20)",
                           "text",
                           "bytes",
                           "bytes(16)",
                           "bits(8)",
                           "bits varying(5)",
                           "date",
                           "time(6)",
                           "timestamp(3)",
                           "timestamp_local(0)",
                           "interval",
                           "year",
                           "uuid",
                           "json",
                           "enum('a','it''s')",
                           "set('x','y z')",
                           "array(int)",
                           "array(decimal(10,2))",
                           "geometry(4326)",
                           "network",
                           "other('tsquery')"})
    BOOST_TEST(to_string(type(text)) == text);
  BOOST_TEST(to_string(type("boolean")) == "bool");
  BOOST_TEST(to_string(type("integer")) == "int");
  BOOST_TEST(to_string(type("decimal(7)")) == "decimal(7,0)");
}

BOOST_AUTO_TEST_CASE(what_is_no_logical_type) {
  BOOST_TEST(!make_logical("int8", {}).has_value());
  BOOST_TEST(to_string(make_logical("string", {}).value()) == "text");
  BOOST_TEST(!make_logical("string", {"0"}).has_value());
  BOOST_TEST(!make_logical("string", {"x"}).has_value());
  BOOST_TEST(!make_logical("int", {"11"}).has_value());
  BOOST_TEST(!make_logical("timestamp", {"7"}).has_value());
  BOOST_TEST(!make_logical("decimal", {"1", "2", "3"}).has_value());
  BOOST_TEST(!make_logical("array", {"nonsense"}).has_value());
  for (const auto& name : logical_names()) BOOST_TEST((make_logical(name, {}) || make_logical(name, {"1"})), name);
}

BOOST_AUTO_TEST_CASE(labels_keep_their_quotes_and_commas) {
  const auto made = make_logical("enum", {"'a'", "'c,d'", "'it''s'", "''"}).value();
  BOOST_TEST((made.labels == std::vector<std::string>{"a", "c,d", "it's", ""}));
}

struct Pair {
  const char* from;
  const char* to;
  Coercion expected;
};

BOOST_AUTO_TEST_CASE(the_coercion_table) {
  constexpr auto exact = Coercion::exact;
  constexpr auto checked = Coercion::checked;
  constexpr auto impossible = Coercion::impossible;
  const Pair pairs[] = {
      {"tinyint", "smallint", exact},
      {"smallint", "tinyint", checked},
      {"tinyint unsigned", "smallint", exact},
      {"tinyint", "smallint unsigned", checked},
      {"int unsigned", "bigint", exact},
      {"bigint unsigned", "bigint", checked},
      {"bigint unsigned", "decimal(20,0)", exact},
      {"bigint", "decimal(19,0)", exact},
      {"bigint unsigned", "decimal(19,0)", checked},
      {"int", "float64", exact},
      {"bigint", "float64", checked},
      {"smallint", "float32", exact},
      {"int", "float32", checked},
      {"year", "smallint", exact},
      {"year", "tinyint", checked},
      {"smallint", "year", checked},
      {"decimal(10,2)", "decimal(12,4)", exact},
      {"decimal(10,2)", "decimal(10,4)", checked},
      {"decimal(10,2)", "decimal(10,0)", checked},
      {"decimal", "decimal(65,30)", checked},
      {"decimal(65,30)", "decimal", exact},
      {"decimal(10,0)", "bigint", checked},
      {"decimal(5,-2)", "decimal(7,0)", exact},
      {"decimal(5,-2)", "decimal(5,0)", checked},
      {"float32", "float64", exact},
      {"float64", "float32", checked},
      {"float64", "decimal(10,2)", checked},
      {"string(10)", "string(20)", exact},
      {"string(20)", "string(10)", checked},
      {"text", "string(10)", checked},
      {"string(10)", "text", exact},
      {"bigint", "text", exact},
      {"bigint", "string(20)", exact},
      {"bigint", "string(5)", checked},
      {"uuid", "string(36)", exact},
      {"uuid", "string(35)", checked},
      {"network", "string(49)", exact},
      {"interval", "string(64)", exact},
      {"timestamp(6)", "text", exact},
      {"json", "text", exact},
      {"text", "json", checked},
      {"text", "int", checked},
      {"text", "date", checked},
      {"text", "timestamp(6)", checked},
      {"text", "uuid", checked},
      {"text", "bytes", exact},
      {"bytes", "text", checked},
      {"bytes(4)", "bytes", exact},
      {"bytes", "bytes(4)", checked},
      {"bool", "tinyint", exact},
      {"tinyint", "bool", checked},
      {"timestamp(6)", "timestamp_local(6)", impossible},
      {"timestamp_local(6)", "timestamp(6)", impossible},
      {"timestamp(3)", "timestamp(6)", exact},
      {"timestamp(6)", "timestamp(3)", checked},
      {"date", "timestamp_local(0)", exact},
      {"timestamp_local(6)", "date", checked},
      {"date", "timestamp(6)", impossible},
      {"time(6)", "time(0)", checked},
      {"time(6)", "interval", exact},
      {"interval", "time(6)", checked},
      {"bits(8)", "bits(8)", exact},
      {"bits(8)", "bits(9)", checked},
      {"bits(1)", "bool", exact},
      {"bool", "bits(1)", exact},
      {"bits(8)", "smallint", exact},
      {"bits(64)", "bigint", checked},
      {"bits(64)", "bigint unsigned", exact},
      {"tinyint unsigned", "bits(8)", exact},
      {"bits(8)", "text", exact},
      {"enum('a','b')", "text", exact},
      {"enum('a','b')", "string(1)", exact},
      {"enum('a','bb')", "string(1)", checked},
      {"enum('a')", "enum('a','b')", exact},
      {"enum('a','b')", "enum('a')", checked},
      {"text", "enum('a')", checked},
      {"set('x','y')", "array(text)", exact},
      {"set('x')", "json", exact},
      {"array(text)", "set('x')", checked},
      {"array(int)", "json", exact},
      {"array(int)", "array(bigint)", exact},
      {"array(bigint)", "array(int)", impossible},
      {"json", "array(int)", checked},
      {"date", "int", impossible},
      {"json", "int", impossible},
      {"bytes", "int", impossible},
      {"geometry", "text", impossible},
      {"geometry", "bytes", exact},
      {"other('xml')", "text", exact},
      {"other('xml')", "other('xml')", exact},
      {"other('xml')", "other('box')", impossible},
      {"bool", "date", impossible},
      {"uuid", "int", impossible},
  };
  for (const auto& pair : pairs)
    BOOST_TEST(static_cast<int>(coercion(type(pair.from), type(pair.to))) == static_cast<int>(pair.expected),
               pair.from << " -> " << pair.to);
}

BOOST_AUTO_TEST_CASE(every_type_can_hold_itself) {
  for (const auto& name : logical_names()) {
    const auto made = make_logical(name, {}) ? make_logical(name, {}) : make_logical(name, {"8"});
    if (made->kind == TypeKind::enumeration || made->kind == TypeKind::set) continue;
    BOOST_TEST(passes_unchanged(*made, *made), name);
  }
}

BOOST_AUTO_TEST_CASE(cells_that_need_no_look) {
  BOOST_TEST(passes_unchanged(type("smallint"), type("int")));
  BOOST_TEST(!passes_unchanged(type("int unsigned"), type("bigint")));
  BOOST_TEST(passes_unchanged(type("uuid"), type("string(36)")));
  BOOST_TEST(!passes_unchanged(type("set('a')"), type("text")));
}

BOOST_AUTO_TEST_CASE(batches) {
  Batch batch;
  batch.reset(2);
  for (std::uint64_t i = 0; i < 1000; ++i) {
    const auto row = batch.add_row();
    batch.slots(row)[0] = i;
    const auto text = std::to_string(i);
    batch.slots(row)[1] = Batch::heap_slot(batch.heap.size(), text.size());
    batch.heap.append(text);
  }
  BOOST_TEST(batch.rows() == 1000U);
  BOOST_TEST(batch.heap_view(batch.slots(777)[1]) == "777");
  BOOST_TEST(batch.byte_size() == 2890U + 16000U);
  const auto capacity = batch.heap.capacity();
  batch.reset(1);
  BOOST_TEST(batch.rows() == 0U);
  BOOST_TEST(batch.heap.capacity() == capacity);
  batch.heap.reserve_more(1 << 20);
  batch.heap.trim(100);
  BOOST_TEST(batch.heap.capacity() == 100U);
}

BOOST_AUTO_TEST_CASE(json) {
  for (const char* text : {"null", " [1, 2.5e+400, {\"a\": [], \"b\": {}}] ", "\"\\u0000\"", "123456789012345678901234567890",
                           "{\"a\":1,\"a\":2}", "-0"})
    BOOST_TEST(valid_json(text), text);
  for (const char* text : {"", "[1,]", "[1", "{\"a\" 1}", "{1:2}", "01", "1.", "'a'", "\"\\x\"", "\"a\nb\"", "nul", "[1]]",
                           "[,1]", "{\"a\":1,}", "\"\xff\""})
    BOOST_TEST(!valid_json(text), text);
  BOOST_TEST(valid_json(std::string(5000, '[') + std::string(5000, ']')));
  BOOST_TEST(!valid_json(std::string(20000, '[') + std::string(20000, ']')));
  BOOST_TEST(
      (read_json_strings(R"( ["a", "b\"c", "\u00e9\ud83d\ude00"] )").value() == std::vector<std::string>{"a", "b\"c", "é😀"}));
  BOOST_TEST(read_json_strings("[]").value().empty());
  BOOST_TEST(!read_json_strings("[1]").has_value());
}

BOOST_AUTO_TEST_CASE(networks) {
  for (const char* text : {"255.255.255.255", "10.0.0.0/8", "::1", "::ffff:1.2.3.4", "2001:db8::/32", "08:00:2b:01:02:03",
                           "08:00:2b:01:02:03:04:05"})
    BOOST_TEST(valid_network(text), text);
  for (const char* text : {"", "1.2.3", "1.2.3.4/33", "::1/129", "1.2.3.4/", "08:00:2b:01:02", "host"})
    BOOST_TEST(!valid_network(text), text);
}

BOOST_AUTO_TEST_CASE(schemas) {
  TableSchema table;
  table.name = {"shop", "orders"};
  Column id;
  id.name = "id";
  id.native = {"bigint unsigned", {"20"}, "bigint(20) unsigned"};
  id.nullable = false;
  table.columns.push_back(id);
  const auto before = column_fingerprint(table);
  BOOST_TEST(to_string(table.name) == "shop.orders");
  BOOST_TEST(table.find_column("id") != nullptr);
  BOOST_TEST(table.find_column("ID") == nullptr);
  table.comment = "changes no fingerprint";
  BOOST_TEST(column_fingerprint(table) == before);
  table.columns[0].nullable = true;
  BOOST_TEST(column_fingerprint(table) != before);
}

/// SQLite derives the affinity from parts of the declared name (DECISIONS 12).
BOOST_AUTO_TEST_CASE(sqlite_text_names_have_text_affinity) {
  for (const auto& file : syncline::mappings::kFiles) {
    const std::string text(file.text);
    for (auto at = text.find("_TEXT"); at != std::string::npos; at = text.find("_TEXT", at + 1)) {
      const auto start = text.find_last_of(" \n", at) + 1;
      const auto name = text.substr(start, at - start);
      if (name.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") != std::string::npos) continue;
      for (const char* trap : {"INT", "CHAR", "REAL", "FLOA", "DOUB", "BLOB"})
        BOOST_TEST(name.find(trap) == std::string::npos, name);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
