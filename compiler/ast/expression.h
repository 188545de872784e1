#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "compiler/source/source.h"

/// Names, types, expressions and settings as written. See statement.h.
namespace syncline::ast {

using source::Span;

struct Name {
  std::string text;  ///< unquoted
  bool quoted = false;
  Span span;
};

struct TypeArgument;

/// `DECIMAL(18, 2)`, `TIMESTAMP(f) WITH TIME ZONE`, `'int8'` (native text).
struct TypeRef {
  std::vector<Name> words;       ///< before and after the arguments, in order
  std::size_t words_before = 0;  ///< how many stand before the parenthesis
  std::vector<TypeArgument> arguments;
  bool has_arguments = false;
  std::optional<std::string> native_text;  ///< of the quoted form
  Span span;
};
struct TypeArgument {
  std::optional<std::int64_t> integer;
  std::shared_ptr<const TypeRef> type;  ///< a type, or a single word: a variable of a type rule
  Span span;
};

enum class ExprKind : std::uint8_t {
  null_literal,
  true_literal,
  false_literal,
  integer,    ///< text: digits as written
  decimal,    ///< text
  string,     ///< text: unescaped
  parameter,  ///< text: name without ':'
  path,       ///< path: `a`, `source.table`, `match.shard`
  call,       ///< text: function name; args
  date_literal,
  timestamp_literal,  ///< text: the string
  interval,           ///< text: unit; args[0]: integer or parameter
  cast,               ///< args[0], type
  case_when,          ///< args: when, then, …, [else]; negated unused
  parenthesized,      ///< args[0]
  negate,
  logical_not,
  binary,  ///< text: operator as canonical token: = <> < <= > >= + - * / || AND OR
  is_null,
  in_list,
  between,
  like,  ///< negated: NOT; LIKE's pattern is args[1], a string
};

struct Expr;
using ExprPtr = std::shared_ptr<const Expr>;
struct Expr {
  ExprKind kind = ExprKind::null_literal;
  Span span;
  std::string text;
  std::vector<Name> path;
  std::vector<ExprPtr> args;
  bool negated = false;
  std::optional<TypeRef> type;
};

/// `50 MB PER SECOND`, `0.1%`, `2 HOURS`, `3`.
struct Quantity {
  std::string number;
  std::string unit;  ///< as written; "%" for percent; empty: none
  std::string per;
  Span span;
};

struct SettingValue;
using SettingList = std::vector<SettingValue>;
struct Secret {
  std::string reference;  ///< 'env:SHOP_PASSWORD', never the value
  Span span;
};
struct SettingValue {
  enum class Kind : std::uint8_t {
    quantity,
    negative_number,
    string,
    boolean,
    null,
    secret,
    parameter,
    word,
    list
  } kind = Kind::null;
  Quantity quantity;  ///< quantity (a bare number is one without unit), negative_number
  std::string text;   ///< string, parameter name, word
  bool boolean = false;
  Secret secret;
  SettingList list;
  Span span;
};
struct Setting {
  Name key;
  bool key_is_string = false;
  SettingValue value;
  Span span;
};
using Settings = std::vector<Setting>;

}  // namespace syncline::ast
