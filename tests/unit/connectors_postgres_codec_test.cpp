#include <boost/test/unit_test.hpp>

#include <cstring>
#include <string>
#include <vector>

#include "connectors/api/error.h"
#include "connectors/api/row_names.h"
#include "connectors/postgres/copy_decoder.h"
#include "connectors/postgres/copy_encoder.h"
#include "connectors/postgres/numeric.h"
#include "connectors/postgres/refused_rows.h"
#include "connectors/postgres/sent_keys.h"
#include "connectors/postgres/text_cell.h"
#include "stdlib/types/calendar.h"

using namespace syncline;
using namespace syncline::connectors;
using namespace syncline::connectors::postgres;

namespace {

struct Bytes final : CopySink {
  std::string bytes;
  void send(const char* data, std::size_t size) override { bytes.append(data, size); }
};

std::string numeric_bytes(const std::string& text) {
  std::string out(numeric_bound(text.size()), '\0');
  out.resize(write_numeric(out.data(), text));
  return out;
}

std::string numeric_text(const std::string& bytes) {
  types::Buffer out;
  BOOST_REQUIRE(append_numeric_text(out, bytes.data(), bytes.size()));
  return {out.data(), out.size()};
}

types::Column column(const std::string& name, types::TypeKind kind, const std::string& words,
                     std::vector<std::string> arguments = {}) {
  types::Column made;
  made.name = name;
  made.logical.kind = kind;
  made.native.words = words;
  made.native.text = words;
  made.native.arguments = std::move(arguments);
  return made;
}

LoadTable table_of(std::vector<types::Column> columns) {
  LoadTable table;
  for (std::size_t i = 0; i < columns.size(); ++i) table.load_columns.push_back(static_cast<int>(i));
  table.desired.columns = std::move(columns);
  return table;
}

std::uint64_t heap(types::Batch& batch, std::string_view text) {
  const std::size_t offset = batch.heap.size();
  batch.heap.append(text);
  return types::Batch::heap_slot(offset, text.size());
}

std::string encode_one(const types::Column& target, types::Batch& batch, types::ValuePolicies policies = {}) {
  LoadTable table = table_of({target});
  table.policies = policies;
  Bytes sink;
  CopyEncoder encoder(table, sink);
  encoder.begin();
  encoder.write(batch);
  encoder.end();
  return sink.bytes;
}

types::Batch one(std::uint64_t slot) {
  types::Batch batch;
  batch.reset(1);
  const std::size_t row = batch.add_row();
  batch.slots(row)[0] = slot;
  batch.nulls(row)[0] = 0;
  return batch;
}

types::Batch one_text(std::string_view text) {
  types::Batch batch = one(0);
  batch.slots(0)[0] = heap(batch, text);
  return batch;
}

expr::ValueProblem problem_of(const types::Column& target, types::Batch batch) {
  try {
    encode_one(target, batch);
  } catch (const expr::ValueError& error) {
    BOOST_TEST(error.column == target.name);
    return error.problem;
  }
  BOOST_FAIL("no ValueError for " + target.name);
  return expr::ValueProblem::evaluation;
}

/// The cell's bytes behind header, column count and length.
std::string cell(const std::string& stream) {
  return stream.substr(19 + 2 + 4, stream.size() - 19 - 2 - 4 - 2);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(postgres_codec)

BOOST_AUTO_TEST_CASE(numerics_come_back_as_they_went) {
  for (const char* text : {"0",
                           "0.00",
                           "1",
                           "-1",
                           "9999",
                           "10000",
                           "10000.0001",
                           "0.0001",
                           "0.00001",
                           "-0.10",
                           "123456789012345.67890",
                           "100000000",
                           "0.000000000000000000000000000001",
                           "99999999999999999999999999999999999.999999999999999999999999999999",
                           "1200.00",
                           "12000000000000",
                           "NaN",
                           "Infinity",
                           "-Infinity",
                           "5.5",
                           "55.55",
                           "555.555",
                           "0.1234567"}) {
    BOOST_TEST(numeric_text(numeric_bytes(text)) == text);
  }
}

BOOST_AUTO_TEST_CASE(long_numerics_come_back) {
  const std::string digits = "1" + std::string(130'000, '7') + "." + std::string(16'000, '3');
  BOOST_TEST((numeric_text(numeric_bytes(digits)) == digits));
}

BOOST_AUTO_TEST_CASE(numeric_wire_form_is_the_servers) {
  // numeric_send(12345.678): 3 groups, weight 1, positive, scale 3: 1 2345 6780
  const std::string expected("\0\3\0\1\0\0\0\3\0\1\x09\x29\x1a\x7c", 14);
  BOOST_TEST((numeric_bytes("12345.678") == expected));
  BOOST_TEST((numeric_bytes("-0.00") == std::string("\0\0\0\0\0\0\0\2", 8)));
}

BOOST_AUTO_TEST_CASE(texts_that_are_no_numbers_are_refused) {
  for (const char* text : {"", "-", ".5", "5.", "1e5", "1,5", " 1", "--1", "0x1"}) BOOST_TEST(numeric_bytes(text).empty());
  BOOST_TEST(numeric_bytes("0." + std::string(16'384, '1')).empty());
}

BOOST_AUTO_TEST_CASE(malformed_numerics_are_seen) {
  types::Buffer out;
  BOOST_TEST(!append_numeric_text(out, "\0\1\0\0\0\0\0\0", 8));
  BOOST_TEST(!append_numeric_text(out, "\0\0", 2));
  BOOST_TEST(!append_numeric_text(out, "\0\0\0\0\x12\0\0\0", 8));
}

BOOST_AUTO_TEST_CASE(integers_are_checked_against_the_target) {
  types::Batch top = one(static_cast<std::uint64_t>(std::int64_t{-32768}));
  BOOST_TEST((cell(encode_one(column("s", types::TypeKind::smallint, "smallint"), top)) == std::string("\x80\0", 2)));
  BOOST_TEST((problem_of(column("s", types::TypeKind::smallint, "smallint"), one(32768)) == expr::ValueProblem::out_of_range));
  types::Column unsigned_big = column("u", types::TypeKind::bigint, "bigint");
  unsigned_big.logical.is_unsigned = true;
  BOOST_TEST((problem_of(unsigned_big, one(std::uint64_t{1} << 63U)) == expr::ValueProblem::out_of_range));
  unsigned_big.native.words = "numeric";
  types::Batch all_ones = one(UINT64_MAX);
  BOOST_TEST(numeric_text(cell(encode_one(unsigned_big, all_ones))) == "18446744073709551615");
}

BOOST_AUTO_TEST_CASE(lowest_bigint_becomes_a_numeric) {
  types::Batch lowest = one(std::uint64_t{1} << 63U);
  BOOST_TEST(numeric_text(cell(encode_one(column("n", types::TypeKind::bigint, "numeric"), lowest))) == "-9223372036854775808");
}

BOOST_AUTO_TEST_CASE(text_is_checked_for_nul_and_length) {
  const types::Column text = column("t", types::TypeKind::string, "text");
  const std::string nul("a\0b", 3);
  BOOST_TEST((problem_of(text, one_text(nul)) == expr::ValueProblem::nul_in_text));
  types::ValuePolicies strip;
  strip.nul_text_strip = true;
  types::Batch batch = one_text(nul);
  BOOST_TEST(cell(encode_one(text, batch, strip)) == "ab");
  const types::Column narrow = column("v", types::TypeKind::string, "character varying", {"3"});
  types::Batch fits = one_text("äöü");
  BOOST_TEST(cell(encode_one(narrow, fits)) == "äöü");
  BOOST_TEST((problem_of(narrow, one_text("äöü ")) == expr::ValueProblem::too_long));
}

BOOST_AUTO_TEST_CASE(lost_digits_and_nulls_are_refused) {
  const types::Column price = column("price", types::TypeKind::decimal, "numeric", {"10", "2"});
  BOOST_TEST((problem_of(price, one_text("1.005")) == expr::ValueProblem::scale_lost));
  types::Batch zeros = one_text("1.5000");
  BOOST_TEST(numeric_text(cell(encode_one(price, zeros))) == "1.5000");
  types::Column required = column("r", types::TypeKind::integer, "integer");
  required.nullable = false;
  types::Batch null = one(0);
  null.nulls(0)[0] = 1;
  BOOST_TEST((problem_of(required, std::move(null)) == expr::ValueProblem::null_in_not_null));
}

BOOST_AUTO_TEST_CASE(times_outside_a_day_need_an_interval) {
  const types::Column time = column("t", types::TypeKind::time, "time without time zone");
  BOOST_TEST((problem_of(time, one(static_cast<std::uint64_t>(types::kMicrosPerDay + 1))) == expr::ValueProblem::time_range));
  BOOST_TEST((problem_of(time, one(static_cast<std::uint64_t>(std::int64_t{-1}))) == expr::ValueProblem::time_range));
  types::Batch midnight = one(static_cast<std::uint64_t>(types::kMicrosPerDay));
  BOOST_TEST(cell(encode_one(time, midnight)).size() == 8U);
  types::Batch negative = one(static_cast<std::uint64_t>(std::int64_t{-1'000'000}));
  BOOST_TEST(cell(encode_one(column("i", types::TypeKind::time, "interval"), negative)).size() == 16U);
}

BOOST_AUTO_TEST_CASE(errors_name_the_row_in_its_batch) {
  LoadTable table = table_of({column("id", types::TypeKind::integer, "integer"), column("t", types::TypeKind::string, "text")});
  table.desired.primary_key.columns = {"id"};
  types::Batch batch;
  batch.reset(2);
  for (const std::size_t row : {0U, 1U}) {
    batch.add_row();
    batch.slots(row)[0] = 41 + row;
    batch.slots(row)[1] = heap(batch, row == 0 ? std::string_view("a") : std::string_view("\0", 1));
    batch.nulls(row)[0] = batch.nulls(row)[1] = 0;
  }
  Bytes sink;
  CopyEncoder encoder(table, sink);
  try {
    encoder.write(batch);
    BOOST_FAIL("no error");
  } catch (const expr::RowError& error) {
    BOOST_TEST(error.row == 1U);
    BOOST_TEST(target_row_key(table).of(batch, error.row) == "id=42");
  }
}

BOOST_AUTO_TEST_CASE(rows_that_were_sent_are_still_known_by_their_key) {
  SentKeys keys(expr::RowKey({{"name", 1, types::CellKind::text}}));
  for (std::uint64_t page = 0; page < 3; ++page) {
    types::Batch batch;
    batch.reset(2);
    batch.add_row();
    batch.slots(0)[1] = heap(batch, "row " + std::to_string(page));
    batch.nulls(0)[0] = batch.nulls(0)[1] = 0;
    keys.remember(batch, page);
  }
  BOOST_TEST(keys.name_of(2) == "name='row 1'");
  BOOST_TEST(keys.name_of(4) == "4 of the table as read");
}

BOOST_AUTO_TEST_CASE(the_place_of_a_copy_error_is_read_in_any_language) {
  LoadTable table = table_of({column("a", types::TypeKind::integer, "integer"), column("is a", types::TypeKind::json, "json")});
  const auto place = [&](const std::string& context) { return copy_place(context, "stg", table).value(); };
  BOOST_TEST(place("JSON data, line 1: {\nCOPY stg, line 3, column is a: \"x\"").row == 3U);
  BOOST_TEST(place("JSON data, line 1: {\nCOPY stg, line 3, column is a: \"x\"").column->name == "is a");
  BOOST_TEST(place("COPY stg, Zeile 12, Spalte a").column->name == "a");
  BOOST_TEST((place("COPY stg, line 12").column == nullptr));
  BOOST_TEST(!copy_place("COPY other, line 12", "stg", table).has_value());
}

BOOST_AUTO_TEST_CASE(a_row_comes_back_from_its_own_stream) {
  std::vector<types::Column> columns{
      column("i2", types::TypeKind::smallint, "smallint"), column("i4", types::TypeKind::integer, "integer"),
      column("i8", types::TypeKind::bigint, "bigint"),     column("b", types::TypeKind::boolean, "boolean"),
      column("f4", types::TypeKind::float32, "real"),      column("f8", types::TypeKind::float64, "double precision"),
      column("n", types::TypeKind::decimal, "numeric"),    column("t", types::TypeKind::string, "text"),
      column("by", types::TypeKind::bytes, "bytea"),       column("bi", types::TypeKind::bits, "bit varying"),
      column("d", types::TypeKind::date, "date"),          column("ts", types::TypeKind::timestamp, "timestamp with time zone"),
      column("u", types::TypeKind::uuid, "uuid"),          column("j", types::TypeKind::json, "jsonb"),
      column("none", types::TypeKind::integer, "integer")};
  types::Batch batch;
  batch.reset(columns.size());
  batch.add_row();
  const std::string bytes("\0\xff\x5c", 3);
  const std::vector<std::uint64_t> slots{static_cast<std::uint64_t>(std::int64_t{-2}),
                                         7,
                                         UINT64_MAX,
                                         1,
                                         0x3dcccccd,
                                         0x7ff0000000000000,
                                         heap(batch, "-12.340"),
                                         heap(batch, "tab\t\\😀"),
                                         heap(batch, bytes),
                                         heap(batch, "1010101010"),
                                         static_cast<std::uint64_t>(types::kDateMinusInfinity),
                                         static_cast<std::uint64_t>(types::kTimestampInfinity),
                                         heap(batch, "00000000-0000-0000-0000-0000000000ff"),
                                         heap(batch, R"({"a": 1})"),
                                         0};
  std::vector<Decoding> decodings;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    batch.slots(0)[i] = slots[i];
    batch.nulls(0)[i] = i + 1 == columns.size() ? 1 : 0;
    decodings.push_back(select_column(columns[i]).decoding);
  }
  Bytes sink;
  CopyEncoder encoder(table_of(columns), sink);
  BOOST_TEST(encoder.binary());
  encoder.begin();
  encoder.write(batch);
  encoder.end();
  types::Batch back;
  back.reset(columns.size());
  CopyDecoder decoder(decodings, 0);
  decoder.decode(sink.bytes.data(), sink.bytes.size(), back);
  BOOST_REQUIRE(back.rows() == 1U);
  for (std::size_t i = 0; i + 1 < columns.size(); ++i) {
    BOOST_TEST_CONTEXT(columns[i].name) {
      if (types::on_heap(types::cell_kind(columns[i].logical))) {
        BOOST_TEST((back.heap_view(back.slots(0)[i]) == batch.heap_view(slots[i])));
      } else {
        BOOST_TEST(back.slots(0)[i] == slots[i]);
      }
    }
  }
  BOOST_TEST(back.nulls(0)[columns.size() - 1] == 1);
}

BOOST_AUTO_TEST_CASE(a_stream_that_is_cut_is_an_error) {
  types::Batch batch = one(5);
  std::string stream = encode_one(column("i", types::TypeKind::integer, "integer"), batch);
  for (std::size_t size : {std::size_t{5}, stream.size() - 3, stream.size() - 5}) {
    types::Batch back;
    back.reset(1);
    CopyDecoder decoder({Decoding::int4}, 0);
    BOOST_CHECK_THROW(decoder.decode(stream.data(), size, back), ConnectorError);
  }
}

BOOST_AUTO_TEST_CASE(relay_counts_rows_and_drops_the_frame) {
  types::Batch two;
  two.reset(1);
  for (int i = 0; i < 2; ++i) {
    const std::size_t row = two.add_row();
    two.slots(row)[0] = static_cast<std::uint64_t>(i);
    two.nulls(row)[0] = i == 0 ? 1 : 0;
  }
  std::string stream = encode_one(column("i", types::TypeKind::integer, "integer"), two);
  types::Batch relayed;
  relayed.reset(1);
  CopyDecoder decoder({Decoding::int4}, 0);
  BOOST_TEST(decoder.relay(stream.data(), stream.size(), relayed) == 2U);
  BOOST_TEST(relayed.heap.size() == stream.size() - 19 - 2);
}

BOOST_AUTO_TEST_CASE(types_without_binary_form_go_as_text) {
  const types::Column address = column("a", types::TypeKind::network, "inet");
  types::Batch batch = one_text("10.0.0.1/8");
  BOOST_TEST(encode_one(address, batch) == "10.0.0.1/8\n");
  types::Batch awkward = one_text("a\tb\\c\nd\re");
  BOOST_TEST(encode_one(column("x", types::TypeKind::other, "xml"), awkward) == "a\\tb\\\\c\\nd\\re\n");
  types::Batch null = one(0);
  null.nulls(0)[0] = 1;
  BOOST_TEST(encode_one(address, null) == "\\N\n");
}

BOOST_AUTO_TEST_CASE(json_arrays_become_array_texts) {
  BOOST_TEST(array_literal("[1, 2,null]", "a") == "{1,2,NULL}");
  BOOST_TEST(array_literal("[]", "a") == "{}");
  BOOST_TEST(array_literal(R"([["a","b,c"],["NULL","\"q\\"]])", "a") == R"({{"a","b,c"},{"NULL","\"q\\"}})");
  BOOST_TEST(array_literal(R"(["\u00e4\ud83d\ude00\n"])", "a") == "{\"ä😀\n\"}");
  BOOST_TEST(array_literal(R"([{"k":"}"}])", "a") == R"({"{\"k\":\"}\"}"})");
  for (const char* text : {"", "1", "[1", "[1]]", "[,]", "[\"a]"}) BOOST_CHECK_THROW(array_literal(text, "a"), expr::ValueError);
}

BOOST_AUTO_TEST_CASE(sets_become_arrays) {
  BOOST_TEST(set_literal("") == "{}");
  BOOST_TEST(set_literal("x,z w") == R"({"x","z w"})");
  types::Batch empty = one_text("");
  BOOST_TEST(cell(encode_one(column("s", types::TypeKind::set, "text[]"), empty)).size() == 12U);
}

BOOST_AUTO_TEST_SUITE_END()
