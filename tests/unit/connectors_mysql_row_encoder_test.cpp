#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstring>

#include "connectors/mysql/row_encoder.h"
#include "connectors/mysql/type_text.h"
#include "stdlib/types/calendar.h"

using namespace syncline;
using connectors::mysql::RowEncoder;
using expr::ValueError;
using expr::ValueProblem;
using types::TypeKind;

namespace {

types::Column column(const char* name, const char* native, TypeKind kind, bool nullable = true) {
  types::Column out;
  out.name = name;
  out.native = connectors::mysql::parse_type(native);
  out.logical.kind = kind;
  out.nullable = nullable;
  return out;
}

connectors::LoadTable table_of(std::vector<types::Column> columns) {
  connectors::LoadTable table;
  table.desired.columns = std::move(columns);
  for (std::size_t i = 0; i < table.desired.columns.size(); ++i) table.load_columns.push_back(static_cast<int>(i));
  return table;
}

/// One row of one column.
std::string encode_cell(const types::Column& target, std::uint64_t slot, bool null = false, types::ValuePolicies policies = {},
                        bool stores_minus_zero = false) {
  auto table = table_of({target});
  table.policies = policies;
  RowEncoder encoder(table, stores_minus_zero);
  types::Batch batch;
  batch.reset(1);
  const auto row = batch.add_row();
  batch.slots(row)[0] = slot;
  batch.nulls(row)[0] = null ? 1 : 0;
  types::Buffer out;
  encoder.append(batch, row, out);
  return {out.data(), out.size()};
}

std::string encode_heap(const types::Column& target, std::string_view bytes) {
  auto table = table_of({target});
  RowEncoder encoder(table, false);
  types::Batch batch;
  batch.reset(1);
  const auto row = batch.add_row();
  batch.slots(row)[0] = types::Batch::heap_slot(batch.heap.size(), bytes.size());
  batch.heap.append(bytes);
  batch.nulls(row)[0] = 0;
  types::Buffer out;
  encoder.append(batch, row, out);
  return {out.data(), out.size()};
}

std::uint64_t bits_of(double value) {
  std::uint64_t bits = 0;
  std::memcpy(&bits, &value, sizeof bits);
  return bits;
}

auto has(ValueProblem problem) {
  return [problem](const ValueError& error) { return error.problem == problem && error.column == "c"; };
}

}  // namespace

BOOST_AUTO_TEST_SUITE(connectors_mysql_row_encoder)

BOOST_AUTO_TEST_CASE(text_escapes_what_load_data_takes_as_its_own) {
  using namespace std::string_view_literals;
  const auto text = column("c", "text", TypeKind::string);
  BOOST_TEST(encode_heap(text, "a\tb\nc\\N\0d'\""sv) == "a\\tb\\nc\\\\N\\0d'\"\n");
  BOOST_TEST(encode_heap(text, "") == "\n");
  BOOST_TEST(encode_cell(text, 0, true) == "\\N\n");
}

BOOST_AUTO_TEST_CASE(years_have_four_digits) {
  BOOST_TEST(encode_cell(column("c", "year(4)", TypeKind::year), 0) == "0000\n");
  BOOST_TEST(encode_cell(column("c", "year(4)", TypeKind::year), 2155) == "2155\n");
}

BOOST_AUTO_TEST_CASE(bits_become_bytes) {
  BOOST_TEST(encode_heap(column("c", "bit(10)", TypeKind::bits), "1001011100") == "\x02\\\\\n");
  BOOST_TEST(encode_cell(column("c", "bit(1)", TypeKind::boolean), 0) == "\\0\n");
}

BOOST_AUTO_TEST_CASE(what_the_server_would_cut_is_refused) {
  const auto coarse = column("c", "datetime(3)", TypeKind::timestamp_local);
  BOOST_TEST(encode_cell(coarse, 123000) == "2000-01-01 00:00:00.123\n");
  BOOST_CHECK_EXCEPTION(encode_cell(coarse, 123001), ValueError, has(ValueProblem::scale_lost));
  const auto decimal = column("c", "decimal(10,2)", TypeKind::decimal);
  BOOST_TEST(encode_heap(decimal, "1.500") == "1.500\n");
  BOOST_CHECK_EXCEPTION(encode_heap(decimal, "1.505"), ValueError, has(ValueProblem::scale_lost));
  BOOST_CHECK_EXCEPTION(encode_heap(decimal, "-Infinity"), ValueError, has(ValueProblem::non_finite));
  BOOST_CHECK_EXCEPTION(encode_cell(column("c", "int", TypeKind::integer, false), 0, true), ValueError,
                        has(ValueProblem::null_in_not_null));
}

BOOST_AUTO_TEST_CASE(dates_and_times_beyond_the_engine_are_refused) {
  const auto date = column("c", "date", TypeKind::date);
  const auto last = types::days_from_civil(9999, 12, 31);
  BOOST_TEST(encode_cell(date, static_cast<std::uint64_t>(last)) == "9999-12-31\n");
  BOOST_CHECK_EXCEPTION(encode_cell(date, static_cast<std::uint64_t>(last + 1)), ValueError, has(ValueProblem::date_range));
  BOOST_CHECK_EXCEPTION(encode_cell(date, static_cast<std::uint64_t>(types::kDateInfinity)), ValueError,
                        has(ValueProblem::date_range));
  const auto time = column("c", "time(6)", TypeKind::time);
  BOOST_TEST(encode_cell(time, static_cast<std::uint64_t>(-1)) == "-00:00:00.000001\n");
  BOOST_CHECK_EXCEPTION(encode_cell(time, 839LL * 3600 * 1'000'000), ValueError, has(ValueProblem::time_range));
}

BOOST_AUTO_TEST_CASE(non_finite_floats_fail_or_become_null) {
  const auto real = column("c", "double", TypeKind::float64);
  BOOST_TEST(encode_cell(real, bits_of(0.1)) == "0.1\n");
  BOOST_CHECK_EXCEPTION(encode_cell(real, bits_of(-0.0)), ValueError, has(ValueProblem::out_of_range));
  BOOST_TEST(encode_cell(real, bits_of(-0.0), false, {}, true) == "-0\n");
  BOOST_CHECK_EXCEPTION(encode_cell(real, bits_of(NAN)), ValueError, has(ValueProblem::non_finite));
  types::ValuePolicies policies;
  policies.non_finite_null = true;
  BOOST_TEST(encode_cell(real, bits_of(INFINITY), false, policies) == "\\N\n");
}

BOOST_AUTO_TEST_CASE(fields_are_found_again_for_messages) {
  using connectors::mysql::encoded_field;
  const std::string_view text = "1\ta\\tb\n2\tc\\nd\n";
  BOOST_TEST(encoded_field(text, 1, 1) == "a\tb");
  BOOST_TEST(encoded_field(text, 2, 0) == "2");
  BOOST_TEST(encoded_field(text, 2, 1) == "c\nd");
  BOOST_TEST(encoded_field(text, 9, 0).empty());
}

BOOST_AUTO_TEST_SUITE_END()
