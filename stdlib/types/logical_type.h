#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace syncline::types {

/// What a column means, independent of any engine (DECISIONS 27). Unsigned-ness, lengths and labels are arguments.
enum class TypeKind : std::uint8_t {
  boolean,
  tinyint,   ///< 8-bit integer; `is_unsigned` as for all integers
  smallint,  ///< 16-bit
  integer,   ///< 32-bit, spelled `int` (MySQL MEDIUMINT is one too)
  bigint,    ///< 64-bit
  decimal,   ///< exact; precision < 0: unbounded
  float32,
  float64,
  string,  ///< at most `length` characters, or `text` when length < 0
  bytes,   ///< at most `length` bytes, any when length < 0
  bits,    ///< exactly `length` bits (at most, when `varying`)
  date,
  time,             ///< `scale` fractional digits
  timestamp,        ///< an instant, `scale` fractional digits
  timestamp_local,  ///< calendar date and clock time without zone
  interval,
  year,
  uuid,
  json,
  enumeration,  ///< one of `labels`
  set,          ///< a subset of `labels`
  array,        ///< of `element`
  geometry,     ///< `length` holds the SRID, < 0: any
  network,      ///< IP or MAC address, or network
  other,        ///< unknown to us; `native` names it
};

struct LogicalType {
  TypeKind kind = TypeKind::other;
  bool is_unsigned = false;
  bool varying = false;
  int precision = -1;
  int scale = -1;  ///< decimals, or fractional digits of time types; < 0: not given
  std::int64_t length = -1;
  std::vector<std::string> labels;
  std::shared_ptr<const LogicalType> element;
  std::string native;

  bool operator==(const LogicalType& other) const;
};

/// `decimal(10,2)`, `bigint unsigned`, `string(20)`, `text`, `timestamp(6)`, `enum('a','b')`, `array(int)`, `other('tsquery')`.
std::string to_string(const LogicalType& type);

/// The logical type with this (lower-case) name and these arguments; nothing when the name is none, or the arguments do not fit.
/// `words` is the name without arguments ("bigint unsigned", "timestamp"), `arguments` as written ("10", "'a'").
std::optional<LogicalType> make_logical(std::string_view words, const std::vector<std::string>& arguments);
/// Every name `make_logical` knows, for did-you-mean and completion.
const std::vector<std::string>& logical_names();

/// How values of a type lie in a Batch (batch.h). One kind per logical type, so encoders are chosen once per column.
enum class CellKind : std::uint8_t {
  boolean,    ///< slot 0 or 1
  i64,        ///< slot: signed
  u64,        ///< slot: unsigned
  f32,        ///< slot: bits of a float in the low half
  f64,        ///< slot: bits of a double
  decimal,    ///< heap: canonical ASCII `-?digits[.digits]`, no leading zeros but one before the point, scale as stored; or NaN,
              ///< Infinity, -Infinity
  text,       ///< heap: UTF-8; also uuid, network, interval (ISO-8601), enum label, json text, array as JSON text
  set,        ///< heap: labels joined by ',' in label order ('' = empty set)
  bytes,      ///< heap: raw; geometry: 4-byte little-endian SRID, then WKB
  bits,       ///< heap: '0' and '1' characters, most significant first
  date,       ///< slot: int64 days since 2000-01-01 (proleptic Gregorian), INT32_MIN/INT32_MAX = -infinity/infinity
  time,       ///< slot: int64 microseconds, may be negative or above 24 h (MySQL)
  timestamp,  ///< slot: int64 microseconds since 2000-01-01 00:00 (UTC for instants), INT64_MIN/INT64_MAX = -infinity/infinity
};
CellKind cell_kind(const LogicalType& type);
bool on_heap(CellKind kind);
const char* to_string(CellKind kind);

}  // namespace syncline::types
