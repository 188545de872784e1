#include <algorithm>

#include "lab.h"

/// What a connector says of a catalogue: tables made by its own DDL, hostile names, many tables at once.
using namespace syncline;
using namespace syncline::conformance;
using types::ColumnDefault;

namespace {

std::vector<std::string> containers(const Lab& lab) {
  return lab.container.empty() ? std::vector<std::string>{} : std::vector<std::string>{lab.container};
}

/// Names of tables (or views) that `list` gives, sorted.
std::vector<std::string> listed(const Lab& lab, connectors::ObjectKind kind) {
  std::vector<std::string> names;
  for (const auto& object : lab.connector.open_introspector(lab.source_spec())->list(containers(lab))) {
    if (object.kind == kind) names.push_back(object.name.table);
  }
  std::sort(names.begin(), names.end());
  return names;
}

types::TableSchema rich(const Lab& lab) {
  auto schema = people(lab, "rich");
  auto second = column("part", lab.data.id, logical(types::TypeKind::bigint), false);
  schema.columns.insert(schema.columns.begin() + 1, second);
  schema.primary_key.columns = {"part", "id"};
  auto made = column("made", lab.data.now, logical(types::TypeKind::timestamp_local, -1, 6));
  made.default_value = {ColumnDefault::Kind::current_timestamp, "", 6};
  auto word = column("word", lab.data.text, logical(types::TypeKind::string), false);
  word.default_value = {ColumnDefault::Kind::literal, "it's \"a\" \\", -1};
  auto number = column("number", lab.data.decimal, logical(types::TypeKind::decimal, 20, 5), false);
  number.default_value = {ColumnDefault::Kind::literal, "-1.50000", -1};
  schema.columns.insert(schema.columns.end(), {made, word, number});
  const auto collation = lab.connector.open_introspector(lab.spec)->server().text_collation;
  for (auto& one : schema.columns) {
    if (one.native.words == word.native.words) one.collation = collation;
  }
  types::Index unique;
  unique.name = "rich_unique";
  unique.unique = true;
  unique.columns = {{"word", true, 0}, {"id", false, 0}};
  schema.indexes.push_back(unique);
  if (lab.connector.info().capabilities.comments) {
    schema.comment = "a table's comment; %s \\ \"x\"";
    schema.columns[2].comment = "a column's comment\nof two lines";
  }
  return schema;
}

void make_by_ddl(Lab& lab, const types::TableSchema& schema) {
  connectors::LoadTable table;
  table.desired = schema;
  for (const auto& statement : lab.connector.dialect().ddl(table)) lab.plain(statement);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(introspection)

ENGINE_CASE(a_table_of_our_ddl_is_described_as_it_was_asked_for) {
  Lab lab(engine);
  const auto wanted = rich(lab);
  make_by_ddl(lab, wanted);
  const auto found = lab.describe("rich");
  BOOST_REQUIRE_EQUAL(found.columns.size(), wanted.columns.size());
  for (std::size_t i = 0; i < wanted.columns.size(); ++i) {
    BOOST_TEST_CONTEXT(wanted.columns[i].name) {
      BOOST_TEST(found.columns[i].name == wanted.columns[i].name);
      BOOST_TEST(found.columns[i].ordinal == static_cast<int>(i) + 1);
      BOOST_TEST(found.columns[i].nullable == wanted.columns[i].nullable);
      BOOST_TEST(found.columns[i].native.words == wanted.columns[i].native.words);
      BOOST_TEST(found.columns[i].comment == wanted.columns[i].comment);
      if (wanted.columns[i].default_value.kind == ColumnDefault::Kind::none) continue;
      BOOST_TEST((found.columns[i].default_value.kind == wanted.columns[i].default_value.kind));
      BOOST_TEST(found.columns[i].default_value.text == wanted.columns[i].default_value.text);
    }
  }
  BOOST_TEST(found.primary_key.columns == wanted.primary_key.columns, boost::test_tools::per_element());
  BOOST_TEST(found.comment == wanted.comment);
  BOOST_REQUIRE_EQUAL(found.indexes.size(), 2U);
  const auto unique = std::find_if(found.indexes.begin(), found.indexes.end(), [](const auto& index) { return index.unique; });
  BOOST_REQUIRE(unique != found.indexes.end());
  BOOST_TEST(unique->name == "rich_unique");
  BOOST_REQUIRE_EQUAL(unique->columns.size(), 2U);
  BOOST_TEST(unique->columns[0].name == "word");
  BOOST_TEST(unique->columns[0].descending);
  BOOST_TEST(!unique->columns[1].descending);
}

ENGINE_CASE(a_loaded_table_is_the_one_of_the_shown_ddl) {
  Lab lab(engine);
  make_by_ddl(lab, rich(lab));
  const auto shown = types::to_text(lab.describe("rich"));
  lab.plain("DROP TABLE " + lab.quoted("rich"));
  for (const auto staging : {types::Staging::one_transaction, types::Staging::chunked}) {
    load(lab, rich(lab), {}, types::Publish::rename, staging);
    BOOST_TEST(types::to_text(lab.describe("rich")) == shown);
  }
}

ENGINE_CASE(defaults_act_as_they_are_written) {
  Lab lab(engine);
  make_by_ddl(lab, rich(lab));
  lab.plain("INSERT INTO " + lab.quoted("rich") + " (id, part) VALUES (1, 2)");
  BOOST_TEST(lab.content("rich", "word, number") == "it's \"a\" \\|-1.50000");
  BOOST_TEST(lab.plain("SELECT count(*) FROM " + lab.quoted("rich") + " WHERE made IS NOT NULL") == "1");
}

ENGINE_CASE(views_and_our_own_tables_are_no_tables) {
  Lab lab(engine);
  load(lab, people(lab), people_rows(1, 2, "a"));
  lab.plain("CREATE VIEW " + lab.quoted("a_view") + " AS SELECT id FROM " + lab.quoted("people"));
  BOOST_TEST(listed(lab, connectors::ObjectKind::table) == std::vector<std::string>{"people"}, boost::test_tools::per_element());
  BOOST_TEST(listed(lab, connectors::ObjectKind::view) == std::vector<std::string>{"a_view"}, boost::test_tools::per_element());
  const auto introspector = lab.connector.open_introspector(lab.source_spec());
  for (const auto& object : introspector->list({})) {
    BOOST_TEST(object.name.table.substr(0, 9) != "syncline_");
    BOOST_TEST(object.name.container != "information_schema");
  }
  for (const auto& container : introspector->containers()) {
    BOOST_TEST(container != lab.spec.state_schema);
    BOOST_TEST(container.substr(0, 3) != "pg_");
  }
}

ENGINE_CASE(many_tables_are_described_at_once_in_the_order_asked) {
  Lab lab(engine);
  std::vector<types::ObjectName> names;
  for (int i = 0; i < 50; ++i) {
    const std::string table = "many_" + std::to_string(i * 7 % 50);
    lab.plain("CREATE TABLE " + lab.quoted(table) + " (id INTEGER NOT NULL PRIMARY KEY, " + table + "_x INTEGER)");
    names.push_back(lab.name(table));
    if (i % 10 == 3) names.push_back(lab.name("missing_" + std::to_string(i)));
  }
  const auto found = lab.connector.open_introspector(lab.source_spec())->describe(names);
  BOOST_REQUIRE_EQUAL(found.size(), 50U);
  for (std::size_t at = 0, i = 0; i < names.size(); ++i) {
    if (names[i].table.substr(0, 7) == "missing") continue;
    BOOST_TEST((found[at].name == names[i]));
    BOOST_TEST(found[at].columns.at(1).name == names[i].table + "_x");
    BOOST_TEST(found[at].primary_key.columns.size() == 1U);
    ++at;
  }
  BOOST_TEST(lab.connector.open_introspector(lab.source_spec())->describe({}).empty());
}

ENGINE_CASE(hostile_names_are_only_names) {
  Lab lab(engine);
  load(lab, people(lab, "innocent"), people_rows(1, 3, "a"));
  const auto innocent = types::to_text(lab.describe("innocent"));
  for (const auto& hostile : lab.data.hostile_names) {
    BOOST_TEST_CONTEXT(hostile) {
      types::TableSchema schema;
      schema.name = lab.name(hostile);
      schema.columns = {column(hostile, lab.data.id, logical(types::TypeKind::bigint), false),
                        column("other", lab.data.text, logical(types::TypeKind::string))};
      schema.primary_key.columns = {hostile};
      types::Index index;
      index.name = hostile.substr(0, 58) == hostile ? hostile + "_i" : hostile.substr(0, 50);
      index.columns = {{"other", false, 0}};
      schema.indexes = {index};
      if (lab.connector.info().capabilities.comments) schema.comment = schema.columns[0].comment = hostile;
      load(lab, schema, {{"1", hostile.substr(0, 50)}, {"2", {}}});
      const auto found = lab.describe(hostile);
      BOOST_TEST(found.columns.at(0).name == hostile);
      BOOST_TEST(found.columns.at(0).comment == schema.columns[0].comment);
      BOOST_TEST(found.primary_key.columns.at(0) == hostile);
      BOOST_TEST(found.indexes.size() == 1U);
      auto rows = read(lab, request(schema));
      std::sort(rows.begin(), rows.end());
      BOOST_TEST(rows.at(0).at(1).value_or("NULL") == hostile.substr(0, 50));
      load(lab, schema, {{"3", "x"}}, types::Publish::merge, types::Staging::chunked);
      BOOST_TEST(read(lab, request(schema)).size() == 3U);
    }
  }
  auto expected = lab.data.hostile_names;
  expected.emplace_back("innocent");
  std::sort(expected.begin(), expected.end());
  BOOST_TEST(listed(lab, connectors::ObjectKind::table) == expected, boost::test_tools::per_element());
  BOOST_TEST(types::to_text(lab.describe("innocent")) == innocent);
  BOOST_TEST(lab.content("innocent") == people_text(1, 3, "a"));
}

ENGINE_CASE(what_can_be_no_name_is_refused) {
  Lab lab(engine);
  for (const auto& name : lab.data.refused_names) {
    failure([&] { static_cast<void>(lab.connector.dialect().quote(std::string_view(name))); }, ErrorKind::unsupported);
  }
}

ENGINE_CASE(a_user_with_all_rights_lacks_none) {
  Lab lab(engine);
  const auto introspector = lab.connector.open_introspector(lab.spec);
  for (const auto& missing : introspector->missing_write_rights(containers(lab))) {
    BOOST_ERROR(missing.right + " on " + missing.object.container + ": " + missing.remedy);
  }
  const auto server = introspector->server();
  BOOST_TEST(!server.product.empty());
  BOOST_TEST(server.version_number > 0);
}

BOOST_AUTO_TEST_SUITE_END()
