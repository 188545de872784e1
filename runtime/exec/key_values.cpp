#include "runtime/exec/key_values.h"

#include <charconv>
#include <stdexcept>

#include "stdlib/expr/cell_value.h"
#include "stdlib/expr/operators.h"
#include "stdlib/types/calendar.h"
#include "stdlib/types/decimal.h"
#include "stdlib/types/zone.h"

namespace syncline::exec {
namespace {

using expr::Expr;
using expr::ExprPtr;
using expr::Op;
using types::TypeKind;

expr::Type type_of(const types::Value& value) {
  switch (value.index()) {
    case 1:
      return expr::Type::boolean;
    case 2:
      return expr::Type::integer;
    case 3:
      return expr::Type::decimal;
    case 4:
      return expr::Type::string;
    case 5:
      return expr::Type::date;
    case 6:
      return expr::Type::timestamp;
    default:
      return expr::Type::null;
  }
}

ExprPtr node(Op op, std::vector<ExprPtr> args) {
  auto made = std::make_shared<Expr>();
  made->op = op;
  made->type = expr::Type::boolean;
  made->phase = expr::Phase::row;
  made->args = std::move(args);
  return made;
}

expr::Type type_of(const types::LogicalType& type) {
  switch (type.kind) {
    case TypeKind::decimal:
      return expr::Type::decimal;
    case TypeKind::string:
      return expr::Type::string;
    case TypeKind::date:
      return expr::Type::date;
    case TypeKind::timestamp:
    case TypeKind::timestamp_local:
      return expr::Type::timestamp;
    default:
      return expr::Type::integer;
  }
}

ExprPtr column(const types::Column& of) {
  auto made = std::make_shared<Expr>();
  made->op = Op::column;
  made->type = type_of(of.logical);
  made->phase = expr::Phase::row;
  made->name = of.name;
  made->column_type = of.logical;
  return made;
}

/// `of.logical` travels with it: a naive time is compared as it is.
ExprPtr constant(const types::Column& of, const types::Value& value) {
  auto made = std::make_shared<Expr>();
  made->op = Op::constant;
  made->type = type_of(value);
  made->value = value;
  made->column_type = of.logical;
  return made;
}

/// Lexicographic: `a op x OR (a = x AND (b op y OR …))`, behind the bound on the first column alone.
ExprPtr beyond(const std::vector<types::Column>& columns, const KeyValues& values, std::size_t at, Op strict, Op loose,
               Edge edge) {
  const bool last = at + 1 == values.size();
  const ExprPtr own = column(columns[at]);
  const ExprPtr value = constant(columns[at], values[at]);
  if (last) return node(edge == Edge::included ? loose : strict, {own, value});
  const ExprPtr equal = node(Op::equal, {own, value});
  const ExprPtr rest = beyond(columns, values, at + 1, strict, loose, edge);
  const ExprPtr either = node(Op::logical_or, {node(strict, {own, value}), node(Op::logical_and, {equal, rest})});
  return node(Op::logical_and, {node(loose, {own, value}), either});
}

types::Value value_from(const std::string& text, const types::Column& of) {
  const auto broken = [&] {
    return std::runtime_error("the recorded watermark `" + text + "` is no value of `" + of.name + "`");
  };
  switch (type_of(of.logical)) {
    case expr::Type::string:
      return text;
    case expr::Type::decimal:
      if (!types::decimal::parse(text)) throw broken();
      return types::Decimal{text};
    case expr::Type::date: {
      const auto days = types::parse_date(text);
      if (!days) throw broken();
      return types::Date{*days};
    }
    case expr::Type::timestamp: {
      const auto micros = types::parse_instant(text);
      if (!micros) throw broken();
      return types::Timestamp{*micros};
    }
    default:
      break;
  }
  std::int64_t number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  if (read.ec == std::errc() && read.ptr == text.data() + text.size()) return number;
  if (!types::decimal::parse(text)) throw broken();
  return types::Decimal{text};
}

}  // namespace

KeyValues greatest_key(connectors::Snapshot& snapshot, connectors::ReadRequest request,
                       const std::vector<types::Column>& columns) {
  request.columns = columns;
  request.key.clear();
  request.relay = false;
  request.page_size = 0;
  for (const types::Column& one : columns) request.greatest_by.push_back(one.name);
  const auto reader = snapshot.open_reader(request);
  KeyValues values;
  types::Batch batch;
  while (reader->next(batch)) {
    for (std::size_t at = 0; batch.rows() > 0 && values.size() < columns.size() && at < columns.size(); ++at)
      values.push_back(expr::cell_to_value(columns[at].logical, batch.slots(0)[at], batch, "UTC"));
  }
  return values;
}

std::uint64_t rows_without(connectors::Snapshot& snapshot, connectors::ReadRequest request, const ExprPtr& filter,
                           const std::vector<types::Column>& columns) {
  request.columns = {columns.front()};
  request.key.clear();
  request.relay = false;
  request.page_size = 0;
  request.filter.portable = all_of(filter, any_null(columns));
  const auto reader = snapshot.open_reader(request);
  types::Batch batch;
  std::uint64_t rows = 0;
  while (reader->next(batch)) rows += batch.rows();
  return rows;
}

std::vector<std::string> to_texts(const KeyValues& values) {
  std::vector<std::string> texts;
  for (const types::Value& value : values) texts.push_back(types::to_text(value));
  return texts;
}

KeyValues from_texts(const std::vector<std::string>& texts, const std::vector<types::Column>& columns) {
  if (texts.size() != columns.size()) throw std::runtime_error("the recorded watermark has another number of columns");
  KeyValues values;
  for (std::size_t at = 0; at < texts.size(); ++at) values.push_back(value_from(texts[at], columns[at]));
  return values;
}

ExprPtr after(const std::vector<types::Column>& columns, const KeyValues& values, Edge edge) {
  return values.empty() ? nullptr : beyond(columns, values, 0, Op::greater, Op::greater_equal, edge);
}

ExprPtr before(const std::vector<types::Column>& columns, const KeyValues& values, Edge edge) {
  return values.empty() ? nullptr : beyond(columns, values, 0, Op::less, Op::less_equal, edge);
}

ExprPtr equal_to(const std::vector<types::Column>& columns, const KeyValues& values) {
  ExprPtr all;
  for (std::size_t at = 0; at < values.size(); ++at) {
    const bool missing = types::is_null(values[at]);
    all = all_of(all, missing ? node(Op::is_null, {column(columns[at])})
                              : node(Op::equal, {column(columns[at]), constant(columns[at], values[at])}));
  }
  return all;
}

ExprPtr below_instant(const types::Column& first, std::int64_t instant, std::string_view zone_name) {
  const types::Zone* zone = types::Zone::find(zone_name);
  const std::int64_t local = zone != nullptr ? zone->to_local(instant) : instant;
  types::Column of = first;
  types::Value value = types::Timestamp{instant};
  if (first.logical.kind == TypeKind::timestamp_local) value = types::Timestamp{local};
  if (first.logical.kind == TypeKind::date) {
    const std::int64_t rest = local % types::kMicrosPerDay;
    value = types::Date{(local - rest) / types::kMicrosPerDay - (rest < 0 ? 1 : 0)};
  }
  return node(Op::less, {column(first), constant(of, value)});
}

ExprPtr any_null(const std::vector<types::Column>& columns) {
  ExprPtr any;
  for (const types::Column& one : columns) {
    if (one.nullable) any = any_of(any, node(Op::is_null, {column(one)}));
  }
  return any;
}

ExprPtr all_of(const ExprPtr& one, const ExprPtr& other) {
  return one && other ? node(Op::logical_and, {one, other}) : one ? one : other;
}

ExprPtr any_of(const ExprPtr& one, const ExprPtr& other) {
  return one && other ? node(Op::logical_or, {one, other}) : one ? one : other;
}

}  // namespace syncline::exec
