#include "connectors_sqlite_fixture.h"
#include "stdlib/expr/row_transform.h"
#include "stdlib/types/calendar.h"

using namespace syncline;
using namespace syncline::connectors;
using syncline::test::column;
using syncline::test::logical;
using syncline::test::Plain;
using syncline::test::SqliteFiles;
using types::TypeKind;

namespace {

std::string cell(const types::Batch& batch, std::size_t row, std::size_t at, types::CellKind kind) {
  if (batch.nulls(row)[at] != 0) return "~";
  const auto slot = batch.slots(row)[at];
  const auto whole = static_cast<std::int64_t>(slot);
  switch (kind) {
    case types::CellKind::u64:
      return std::to_string(slot);
    case types::CellKind::f64: {
      double value = 0;
      std::memcpy(&value, &slot, sizeof value);
      return std::to_string(value);
    }
    case types::CellKind::date:
      return types::format_date(whole);
    case types::CellKind::time:
      return types::format_time(whole, 6);
    case types::CellKind::timestamp:
      return types::format_timestamp(whole, 6);
    default:
      return types::on_heap(kind) ? std::string(batch.heap_view(slot)) : std::to_string(whole);
  }
}

struct Source {
  SqliteFiles files;
  ReadRequest request;

  explicit Source(const std::string& sql) {
    Plain(files.path("a.db"))(sql);
    request.table.table = "t";
  }

  /// All rows as `a|b` lines.
  std::string read() {
    const auto snapshot = sqlite_connector().open_snapshot(files.spec("a.db"), {});
    const auto reader = snapshot->open_reader(request);
    types::Batch batch;
    std::string out;
    while (reader->next(batch)) {
      for (std::size_t row = 0; row < batch.rows(); ++row) {
        if (!out.empty()) out += '\n';
        for (std::size_t i = 0; i < request.columns.size(); ++i) {
          out += (i == 0 ? "" : "|") + cell(batch, row, i, types::cell_kind(request.columns[i].logical));
        }
      }
    }
    return out;
  }

  expr::ValueError refused() {
    try {
      read();
    } catch (const expr::ValueError& error) {
      return error;
    }
    BOOST_FAIL("no error");
    return {expr::ValueProblem::evaluation, "", ""};
  }
};

expr::ExprPtr compare(expr::Op op, const types::Column& left, types::Value right) {
  auto name = std::make_shared<expr::Expr>();
  name->op = expr::Op::column;
  name->name = left.name;
  name->column_type = left.logical;
  auto value = std::make_shared<expr::Expr>();
  value->value = std::move(right);
  auto node = std::make_shared<expr::Expr>();
  node->op = op;
  node->args = {name, value};
  return node;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(connectors_sqlite_reader)

BOOST_AUTO_TEST_CASE(every_type_is_decoded) {
  Source source(
      "CREATE TABLE t(i INTEGER, b BOOLEAN, d DECIMAL(10,2), f REAL, s VARCHAR(5), x BLOB, day DATE, at DATETIME, z "
      "TIMESTAMPTZ_TEXT(3), "
      "c TIME_TEXT(6), j JSON);"
      "INSERT INTO t VALUES (-9223372036854775808, 1, 12.5, 0.1, 'é€😀ab', x'00ff', '2024-02-29', '2024-11-03 05:30:00.25', "
      "'2026-01-01 00:00:00.000Z', '-838:59:59.999999', '{\"a\":1}');"
      "INSERT INTO t VALUES (NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);"
      "INSERT INTO t VALUES (9223372036854775807, 0, '-0.10', 3, '', x'', '0001-01-01', '9999-12-31T23:59:59.999999', "
      "'2026-01-01 08:00:00+08:00', '25:30:00', 'null')");
  source.request.columns = {column("i", "INTEGER", logical(TypeKind::bigint)),
                            column("b", "BOOLEAN", logical(TypeKind::boolean)),
                            column("d", "DECIMAL(10,2)", logical(TypeKind::decimal, 2, 10)),
                            column("f", "REAL", logical(TypeKind::float64)),
                            column("s", "VARCHAR(5)", logical(TypeKind::string, -1, -1, 5)),
                            column("x", "BLOB", logical(TypeKind::bytes)),
                            column("day", "DATE", logical(TypeKind::date)),
                            column("at", "DATETIME", logical(TypeKind::timestamp_local, 6)),
                            column("z", "TIMESTAMPTZ_TEXT(3)", logical(TypeKind::timestamp, 3)),
                            column("c", "TIME_TEXT(6)", logical(TypeKind::time, 6)),
                            column("j", "JSON", logical(TypeKind::json))};
  BOOST_TEST(source.read() ==
             std::string("-9223372036854775808|1|12.50|0.100000|é€😀ab|") + std::string("\0\xff", 2) +
                 "|2024-02-29|2024-11-03 05:30:00.250000|2026-01-01 00:00:00.000000|-838:59:59.999999|{\"a\":1}\n"
                 "~|~|~|~|~|~|~|~|~|~|~\n"
                 "9223372036854775807|0|-0.10|3.000000|||0001-01-01|9999-12-31 23:59:59.999999|2026-01-01 "
                 "00:00:00.000000|25:30:00.000000|null");
}

BOOST_AUTO_TEST_CASE(unsigned_beyond_int64_reads_from_text) {
  Source source("CREATE TABLE t(u TEXT, v INTEGER); INSERT INTO t VALUES ('18446744073709551615', 5)");
  auto big = logical(TypeKind::bigint);
  big.is_unsigned = true;
  source.request.columns = {column("u", "TEXT", big), column("v", "INTEGER", big)};
  BOOST_TEST(source.read() == "18446744073709551615|5");
}

BOOST_AUTO_TEST_CASE(a_cell_of_the_wrong_class_names_column_and_rowid) {
  struct Case {
    const char* declared;
    types::LogicalType type;
    const char* value;
    expr::ValueProblem problem;
  };
  const Case cases[] = {
      {"INTEGER", logical(TypeKind::bigint), "'x'", expr::ValueProblem::wrong_storage_class},
      {"INTEGER", logical(TypeKind::bigint), "1.5", expr::ValueProblem::wrong_storage_class},
      {"INT", logical(TypeKind::tinyint), "128", expr::ValueProblem::out_of_range},
      {"BOOLEAN", logical(TypeKind::boolean), "2", expr::ValueProblem::bad_boolean},
      {"DATETIME", logical(TypeKind::timestamp_local, 0), "1732060800", expr::ValueProblem::wrong_storage_class},
      {"DATETIME", logical(TypeKind::timestamp_local, 0), "'2026-01-01 00:00:00.5'", expr::ValueProblem::scale_lost},
      {"DATETIME", logical(TypeKind::timestamp_local, 0), "'2026-01-01 00:00:00+02'", expr::ValueProblem::not_a_date},
      {"DATE", logical(TypeKind::date), "'2023-02-29'", expr::ValueProblem::not_a_date},
      {"DATE", logical(TypeKind::date), "'0000-00-00'", expr::ValueProblem::zero_date},
      {"DECIMAL(5,2)", logical(TypeKind::decimal, 2, 5), "1.005", expr::ValueProblem::scale_lost},
      {"DECIMAL(5,2)", logical(TypeKind::decimal, 2, 5), "1000", expr::ValueProblem::out_of_range},
      {"DECIMAL(5,2)", logical(TypeKind::decimal, 2, 5), "'abc'", expr::ValueProblem::not_a_number},
      {"VARCHAR(3)", logical(TypeKind::string, -1, -1, 3), "'éééé'", expr::ValueProblem::too_long},
      {"TEXT", logical(TypeKind::string), "x'00'", expr::ValueProblem::wrong_storage_class},
      {"TEXT", logical(TypeKind::string), "CAST(x'ff' AS TEXT)", expr::ValueProblem::invalid_text},
      {"BLOB", logical(TypeKind::bytes), "'text'", expr::ValueProblem::wrong_storage_class},
      {"", logical(TypeKind::string), "x'00'", expr::ValueProblem::wrong_storage_class},
      {"REAL", logical(TypeKind::float32), "0.1", expr::ValueProblem::scale_lost},
  };
  for (const auto& one : cases) {
    Source source(std::string("CREATE TABLE t(v ") + one.declared + "); INSERT INTO t(rowid, v) VALUES (17, " + one.value + ")");
    source.request.columns = {column("v", one.declared, one.type)};
    const auto error = source.refused();
    BOOST_TEST((error.problem == one.problem), std::string(one.declared) + " " + one.value + ": " + error.what());
    BOOST_TEST(error.column == "v");
    BOOST_TEST(error.row_key == "rowid=17");
  }
}

BOOST_AUTO_TEST_CASE(policies_turn_refused_cells_into_null_and_count) {
  Source source("CREATE TABLE t(d DATE, s TEXT); INSERT INTO t VALUES ('0000-00-00', 'a' || char(0) || 'b')");
  source.request.columns = {column("d", "DATE", logical(TypeKind::date)), column("s", "TEXT", logical(TypeKind::string))};
  source.request.policies.zero_dates_null = true;
  source.request.policies.nul_text_strip = true;
  BOOST_TEST(source.read() == "~|ab");
}

BOOST_AUTO_TEST_CASE(columns_without_a_type_read_as_text) {
  Source source("CREATE TABLE t(v); INSERT INTO t VALUES (5), (0.1), ('x')");
  source.request.columns = {column("v", "", logical(TypeKind::string))};
  BOOST_TEST(source.read() == "5\n0.1\nx");
}

BOOST_AUTO_TEST_CASE(pages_walk_a_composite_key) {
  Source source(
      "CREATE TABLE t(a INT, b TEXT, v INT, PRIMARY KEY (a, b)) WITHOUT ROWID;"
      "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 99) INSERT INTO t SELECT i / 10, 'k' || i, i "
      "FROM n");
  source.request.columns = {column("v", "INT", logical(TypeKind::bigint))};
  const auto all = source.read();
  source.request.key = {"a", "b"};
  for (const int page : {1, 7, 10, 100, 1000}) {
    source.request.page_size = page;
    BOOST_TEST(source.read() == all);
  }
}

BOOST_AUTO_TEST_CASE(filters_compare_decimals_and_dates_by_value) {
  Source source(
      "CREATE TABLE t(id INT, d DECIMAL_TEXT(30,2), at DATETIME, day DATE_TEXT); INSERT INTO t VALUES (1, '9.00', '2026-01-01', "
      "'2026-01-01'), "
      "(2, '10.00', '2026-01-01 00:00:00.000', '2026-01-02'), (3, '12345678901234567890.01', '2026-01-01T12:00:00', "
      "'2026-01-03')");
  const auto id = column("id", "INT", logical(TypeKind::bigint));
  const auto d = column("d", "DECIMAL_TEXT(30,2)", logical(TypeKind::decimal, 2, 30));
  const auto at = column("at", "DATETIME", logical(TypeKind::timestamp_local, 6));
  const auto day = column("day", "DATE_TEXT", logical(TypeKind::date));
  source.request.columns = {id};
  const auto rows = [&](expr::ExprPtr filter) {
    source.request.filter.portable = std::move(filter);
    return source.read();
  };
  BOOST_TEST(rows(compare(expr::Op::less, d, std::int64_t{10})) == "1");
  BOOST_TEST(rows(compare(expr::Op::equal, d, types::Decimal{"10"})) == "2");
  BOOST_TEST(rows(compare(expr::Op::greater, d, types::Decimal{"12345678901234567890"})) == "3");
  const types::Timestamp start{*types::parse_timestamp("2026-01-01")};
  BOOST_TEST(rows(compare(expr::Op::equal, at, start)) == "1\n2");
  BOOST_TEST(rows(compare(expr::Op::greater_equal, day, types::Date{*types::parse_date("2026-01-02")})) == "2\n3");
  source.request.naive_timezone = "Asia/Shanghai";
  const types::Timestamp shanghai{start.micros - 8 * 3'600'000'000LL};
  BOOST_TEST(rows(compare(expr::Op::equal, at, shanghai)) == "1\n2");
}

BOOST_AUTO_TEST_CASE(native_filters_take_binds) {
  Source source("CREATE TABLE t(id INT, s TEXT); INSERT INTO t VALUES (1, 'a:lo'), (2, 'b'), (3, 'it''s')");
  source.request.columns = {column("id", "INT", logical(TypeKind::bigint))};
  source.request.filter.native = "id > :lo OR s = 'a:lo'";
  source.request.filter.native_binds = {{"lo", std::int64_t{2}}};
  BOOST_TEST(source.read() == "1\n3");
  source.request.filter.native = "s = :lo";
  source.request.filter.native_binds = {{"lo", std::string("it's")}};
  BOOST_TEST(source.read() == "3");
}

BOOST_AUTO_TEST_CASE(like_keeps_case_apart) {
  Source source("CREATE TABLE t(s TEXT); INSERT INTO t VALUES ('Abc'), ('abc'), ('a_c')");
  const auto s = column("s", "TEXT", logical(TypeKind::string));
  source.request.columns = {s};
  source.request.filter.portable = compare(expr::Op::like, s, std::string("a\\_%"));
  BOOST_TEST(source.read() == "a_c");
}

BOOST_AUTO_TEST_CASE(a_source_session_cannot_write_and_keeps_its_moment) {
  Source source("CREATE TABLE t(id INTEGER PRIMARY KEY); INSERT INTO t VALUES (1), (2)");
  source.request.columns = {column("id", "INTEGER", logical(TypeKind::bigint))};
  Plain writer(source.files.path("a.db"));
  writer("PRAGMA journal_mode=WAL");
  const auto snapshot = sqlite_connector().open_snapshot(source.files.spec("a.db"), {types::Consistency::table, 4, {}});
  BOOST_TEST(snapshot->sessions() == 1);
  writer("INSERT INTO t VALUES (3)");
  const auto reader = snapshot->open_reader(source.request);
  types::Batch batch;
  BOOST_TEST(reader->next(batch));
  BOOST_TEST(batch.rows() == 2U);
  BOOST_TEST(!reader->next(batch));
  BOOST_TEST(reader->rows() == 2U);
}

BOOST_AUTO_TEST_CASE(several_sessions_share_a_file_with_a_rollback_journal) {
  Source source("CREATE TABLE t(id INTEGER PRIMARY KEY); INSERT INTO t VALUES (1)");
  source.request.columns = {column("id", "INTEGER", logical(TypeKind::bigint))};
  const auto snapshot = sqlite_connector().open_snapshot(source.files.spec("a.db"), {types::Consistency::table, 3, {}});
  BOOST_TEST(snapshot->sessions() == 3);
  const auto one = snapshot->open_reader(source.request);
  const auto two = snapshot->open_reader(source.request);
  types::Batch batch;
  BOOST_TEST(one->next(batch));
  BOOST_TEST(two->next(batch));
}

BOOST_AUTO_TEST_CASE(a_cancelled_read_says_so) {
  Source source("CREATE TABLE t(id INTEGER PRIMARY KEY); INSERT INTO t VALUES (1)");
  source.request.columns = {column("id", "INTEGER", logical(TypeKind::bigint))};
  const auto snapshot = sqlite_connector().open_snapshot(source.files.spec("a.db"), {});
  const auto reader = snapshot->open_reader(source.request);
  reader->cancel();
  types::Batch batch;
  try {
    reader->next(batch);
    BOOST_FAIL("no error");
  } catch (const ConnectorError& error) {
    BOOST_TEST((error.kind == ErrorKind::cancelled));
  }
}

BOOST_AUTO_TEST_CASE(a_row_that_is_too_large_is_refused) {
  Source source("CREATE TABLE t(x BLOB); INSERT INTO t VALUES (zeroblob(5000))");
  source.request.columns = {column("x", "BLOB", logical(TypeKind::bytes))};
  source.request.max_row_bytes = 4096;
  BOOST_TEST((source.refused().problem == expr::ValueProblem::row_too_large));
}

BOOST_AUTO_TEST_SUITE_END()
