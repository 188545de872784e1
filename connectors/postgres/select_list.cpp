#include "connectors/postgres/select_list.h"

#include "connectors/postgres/dialect.h"

namespace syncline::connectors::postgres {
namespace {

using types::CellKind;

bool is_array(const types::Column& column) {
  const std::string& words = column.native.words;
  return words.size() > 2 && words.compare(words.size() - 2, 2, "[]") == 0;
}

SelectedColumn integer(const std::string& name, const std::string& words) {
  if (words == "smallint") return {name, Decoding::int2};
  if (words == "integer") return {name, Decoding::int4};
  if (words == "bigint") return {name, Decoding::int8};
  return {name + "::pg_catalog.int8", Decoding::int8};
}

SelectedColumn text(const std::string& name, const types::Column& column) {
  const std::string& words = column.native.words;
  if (is_array(column)) {
    if (column.logical.kind == types::TypeKind::array || column.logical.kind == types::TypeKind::json) {
      return {"pg_catalog.array_to_json(" + name + ")::pg_catalog.text", Decoding::text};
    }
    return {name + "::pg_catalog.text", Decoding::text};
  }
  if (words == "text" || words == "character varying" || words == "json" || words == "enum") return {name, Decoding::text};
  if (words == "character") return {name, Decoding::padded_text};
  if (words == "jsonb") return {name, Decoding::jsonb};
  if (words == "uuid") return {name, Decoding::uuid};
  if (words == "inet")
    return {"pg_catalog.inet_out(" + name + ")::pg_catalog.text", Decoding::text};  // inet::text adds /32 and /128
  return {name + "::pg_catalog.text", Decoding::text};
}

SelectedColumn as(const std::string& name, const std::string& words, std::string_view type, Decoding decoding) {
  if (words == type) return {name, decoding};
  return {name + "::" + std::string(type), decoding};
}

SelectedColumn boolean(const std::string& name, const std::string& words) {
  if (words == "bit" || words == "bit varying") return {"(" + name + " = B'1')", Decoding::boolean};
  return as(name, words, "boolean", Decoding::boolean);
}

SelectedColumn timestamp(const std::string& name, const types::Column& column) {
  const bool instant = column.logical.kind == types::TypeKind::timestamp;
  return as(name, column.native.words, instant ? "timestamp with time zone" : "timestamp without time zone", Decoding::timestamp);
}

SelectedColumn bits(const std::string& name, const std::string& words) {
  return words == "bit" ? SelectedColumn{name, Decoding::bits} : as(name, words, "bit varying", Decoding::bits);
}

}  // namespace

SelectedColumn select_column(const types::Column& column) {
  const std::string name = dialect().quote(column.name);
  const std::string& words = column.native.words;
  switch (types::cell_kind(column.logical)) {
    case CellKind::boolean:
      return boolean(name, words);
    case CellKind::i64:
    case CellKind::u64:
      return integer(name, words);
    case CellKind::f32:
      return as(name, words, "real", Decoding::float4);
    case CellKind::f64:
      return as(name, words, "double precision", Decoding::float8);
    case CellKind::decimal:
      return as(name, words, "numeric", Decoding::numeric);
    case CellKind::text:
      return text(name, column);
    case CellKind::set:
      return {"pg_catalog.array_to_string(" + name + ", ',')", Decoding::text};
    case CellKind::bytes:
      return as(name, words, "bytea", Decoding::bytes);
    case CellKind::bits:
      return bits(name, words);
    case CellKind::date:
      return as(name, words, "date", Decoding::date);
    case CellKind::time:
      return as(name, words, "time without time zone", Decoding::time);
    case CellKind::timestamp:
      return timestamp(name, column);
  }
  return {name + "::pg_catalog.text", Decoding::text};
}

std::vector<SelectedColumn> select_columns(const std::vector<types::Column>& columns) {
  std::vector<SelectedColumn> selected;
  for (const types::Column& column : columns) selected.push_back(select_column(column));
  return selected;
}

}  // namespace syncline::connectors::postgres
