#include "connectors_sqlite_fixture.h"

using namespace syncline;
using namespace syncline::connectors;
using syncline::test::Plain;
using syncline::test::SqliteFiles;

namespace {

types::TableSchema describe_one(const SqliteFiles& files, const std::string& table) {
  auto found = sqlite_connector().open_introspector(files.spec("a.db"))->describe({{"", table}});
  BOOST_REQUIRE(found.size() == 1U);
  return found[0];
}

}  // namespace

BOOST_AUTO_TEST_SUITE(connectors_sqlite_catalogue)

BOOST_AUTO_TEST_CASE(lists_tables_and_views_but_nothing_internal) {
  const SqliteFiles files;
  Plain(files.path("a.db"))(
      "CREATE TABLE b(x INTEGER PRIMARY KEY AUTOINCREMENT); CREATE TABLE A(y); CREATE VIEW v AS SELECT 1; CREATE TABLE "
      "syncline_target(z);"
      "INSERT INTO b VALUES (1); ANALYZE; CREATE VIRTUAL TABLE f USING fts5(t)");
  const auto objects = sqlite_connector().open_introspector(files.spec("a.db"))->list({});
  std::string names;
  for (const auto& object : objects) names += object.name.table + ":" + std::to_string(static_cast<int>(object.kind)) + " ";
  BOOST_TEST(names == "A:0 b:0 f:2 v:1 ");
}

BOOST_AUTO_TEST_CASE(columns_types_keys_and_defaults) {
  const SqliteFiles files;
  Plain(files.path("a.db"))(
      "CREATE TABLE t(id INTEGER PRIMARY KEY, price DECIMAL(10, 2) NOT NULL DEFAULT 1.50, name VARCHAR(20) DEFAULT 'it''s', "
      "at DATETIME DEFAULT CURRENT_TIMESTAMP, e TEXT DEFAULT (lower('X')), n INT DEFAULT NULL, f BOOLEAN DEFAULT TRUE, bare, "
      "g INT GENERATED ALWAYS AS (n + 1) VIRTUAL, big  UNSIGNED   BIG INT)");
  const auto t = describe_one(files, "T");
  BOOST_TEST(t.name.table == "t");
  BOOST_TEST(t.primary_key.columns.size() == 1U);
  BOOST_TEST(t.columns.size() == 10U);
  BOOST_TEST(t.columns[0].auto_increment);
  BOOST_TEST(!t.columns[0].nullable);
  BOOST_TEST(t.columns[1].native.words == "decimal");
  BOOST_TEST(t.columns[1].native.arguments.size() == 2U);
  BOOST_TEST(t.columns[1].native.arguments[1] == "2");
  BOOST_TEST(!t.columns[1].nullable);
  BOOST_TEST(t.columns[1].default_value.text == "1.50");
  BOOST_TEST(t.columns[2].default_value.text == "it's");
  BOOST_TEST((t.columns[3].default_value.kind == types::ColumnDefault::Kind::current_timestamp));
  BOOST_TEST((t.columns[4].default_value.kind == types::ColumnDefault::Kind::native));
  BOOST_TEST((t.columns[5].default_value.kind == types::ColumnDefault::Kind::null));
  BOOST_TEST(t.columns[6].default_value.text == "1");
  BOOST_TEST(t.columns[7].native.words.empty());
  BOOST_TEST(t.columns[8].generated);
  BOOST_TEST(t.columns[9].native.words == "unsigned big int");
  BOOST_TEST(t.storage == "rowid");
}

BOOST_AUTO_TEST_CASE(indexes_tell_what_other_engines_cannot_have) {
  const SqliteFiles files;
  Plain(files.path("a.db"))(
      "CREATE TABLE t(a TEXT, b INT, c INT UNIQUE, PRIMARY KEY (a, b)); CREATE INDEX plain ON t(b, c DESC); CREATE UNIQUE INDEX "
      "u ON t(b);"
      "CREATE INDEX part ON t(b) WHERE b > 1; CREATE INDEX ex ON t(lower(a)); CREATE INDEX \"moved~2\" ON t(c)");
  const auto t = describe_one(files, "t");
  std::string text;
  for (const auto& index : t.indexes) {
    text += index.name + (index.unique ? "!" : "") + (index.constraint ? "c" : "") + "(";
    for (const auto& part : index.columns) text += part.name + (part.descending ? "-" : "") + ",";
    text += ")" + index.special + " ";
  }
  BOOST_TEST(text == "t_c_key!c(c,) plain(b,c-,) u!(b,) part(b,)partial ex(,)expression moved(c,) ");
  BOOST_TEST(t.primary_key.columns.size() == 2U);
}

BOOST_AUTO_TEST_CASE(foreign_keys_triggers_and_storage) {
  const SqliteFiles files;
  Plain(files.path("a.db"))(
      "CREATE TABLE p(id INTEGER PRIMARY KEY AUTOINCREMENT); INSERT INTO p VALUES (41);"
      "CREATE TABLE c(a INT REFERENCES p ON DELETE CASCADE, b TEXT, CHECK (a > 0), FOREIGN KEY (a) REFERENCES p(id) ON UPDATE "
      "SET NULL);"
      "CREATE TRIGGER tr AFTER INSERT ON c BEGIN SELECT 1; END;"
      "CREATE TABLE w(k TEXT PRIMARY KEY, v INT) STRICT, WITHOUT ROWID");
  const auto c = describe_one(files, "c");
  BOOST_REQUIRE(c.foreign_keys.size() == 2U);
  BOOST_TEST(c.foreign_keys[0].referenced.table == "p");
  BOOST_TEST(c.foreign_keys[1].referenced_columns.at(0) == "id");
  BOOST_TEST((c.foreign_keys[1].on_delete == types::ForeignKeyAction::cascade));
  BOOST_TEST((c.foreign_keys[0].on_update == types::ForeignKeyAction::set_null));
  BOOST_TEST(c.dependents.at(0).kind == "trigger");
  BOOST_TEST(c.checks.size() == 1U);
  const auto w = describe_one(files, "w");
  BOOST_TEST(w.storage == "without rowid strict");
  BOOST_TEST(!w.columns[0].nullable);
  const auto p = describe_one(files, "p");
  BOOST_TEST(*p.next_identity == 42U);
  BOOST_TEST(p.row_estimate == 41);
}

BOOST_AUTO_TEST_CASE(a_place_is_device_and_inode) {
  const SqliteFiles files;
  Plain(files.path("a.db"))("CREATE TABLE t(a)");
  std::filesystem::create_symlink(files.path("a.db"), files.path("link.db"));
  const auto place = sqlite_connector().open_introspector(files.spec("a.db"))->place();
  BOOST_TEST(!place.empty());
  BOOST_TEST(place == sqlite_connector().open_introspector(files.spec("link.db"))->place());
}

BOOST_AUTO_TEST_CASE(opening_what_cannot_be_read_says_why) {
  const SqliteFiles files;
  try {
    static_cast<void>(sqlite_connector().open_introspector(files.spec("gone.db")));
    BOOST_FAIL("no error");
  } catch (const ConnectorError& error) {
    BOOST_TEST((error.kind == ErrorKind::unreachable));
    BOOST_TEST(std::string(error.what()).find("there is no SQLite file") != std::string::npos);
  }
  BOOST_TEST(!std::filesystem::exists(files.path("gone.db")));
  FILE* text = std::fopen(files.path("text.db").c_str(), "w");
  std::fputs(std::string(4096, 'x').c_str(), text);
  std::fclose(text);
  try {
    static_cast<void>(sqlite_connector().open_introspector(files.spec("text.db")));
    BOOST_FAIL("no error");
  } catch (const ConnectorError& error) {
    BOOST_TEST(std::string(error.what()).find("not a SQLite database") != std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(a_target_that_is_not_there_yet_reads_as_empty_and_is_not_made) {
  const SqliteFiles files;
  const auto introspector = sqlite_connector().open_introspector(files.spec("new.db", true));
  BOOST_TEST(introspector->list({}).empty());
  BOOST_TEST(introspector->place().empty());
  BOOST_TEST(introspector->missing_write_rights({}).empty());
  BOOST_TEST(!std::filesystem::exists(files.path("new.db")));
}

BOOST_AUTO_TEST_CASE(a_hot_journal_stops_a_source_by_name) {
  const SqliteFiles files;
  {
    Plain writer(files.path("a.db"));
    writer("PRAGMA cache_size=5; CREATE TABLE t(a); CREATE TABLE u(a)");
    writer(
        "BEGIN; WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) INSERT INTO t SELECT 'row ' || i "
        "FROM n");
    std::filesystem::copy_file(files.path("a.db"), files.path("b.db"));
    std::filesystem::copy_file(files.path("a.db-journal"), files.path("b.db-journal"));
    writer("ROLLBACK");
  }
  try {
    static_cast<void>(sqlite_connector().open_introspector(files.spec("b.db")));
    BOOST_FAIL("no error");
  } catch (const ConnectorError& error) {
    BOOST_TEST((error.kind == ErrorKind::setup));
    BOOST_TEST(std::string(error.what()).find("hot journal") != std::string::npos);
    BOOST_TEST(!error.help.empty());
  }
  BOOST_TEST(sqlite_connector().open_introspector(files.spec("b.db", true))->list({}).size() == 2U);
}

BOOST_AUTO_TEST_SUITE_END()
