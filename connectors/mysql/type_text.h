#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "stdlib/types/schema.h"

/// The server's own texts of types and defaults, read into the shared schema model.
namespace syncline::connectors::mysql {

/// COLUMN_TYPE: `int(10) unsigned zerofill` -> words "int unsigned", arguments {"10"}. Version comments are left out of `words`.
types::NativeType parse_type(std::string_view column_type);
bool is_zerofill(std::string_view column_type);

/// What information_schema says about a column's default.
struct DefaultFacts {
  bool is_null = true;  ///< COLUMN_DEFAULT IS NULL
  std::string text;     ///< COLUMN_DEFAULT
  std::string extra;    ///< EXTRA
  bool nullable = true;
  bool mariadb = true;  ///< literals are quoted, NULL is a word; MySQL 8 gives bare text and EXTRA's DEFAULT_GENERATED
};
types::ColumnDefault parse_default(const DefaultFacts& facts, const types::NativeType& type);

/// `'it''s\n'` -> it's<newline>; the whole text must be one literal. False: it is not.
bool unquote(std::string_view literal, std::string& out);

/// First argument as a number, or `otherwise`.
int argument(const types::NativeType& type, std::size_t index, int otherwise);

/// Families that several parts of the connector ask for, by `words`.
bool is_binary_type(std::string_view words);  ///< binary, varbinary, the blobs
bool is_geometry_type(std::string_view words);
bool is_text_type(std::string_view words);  ///< char, varchar, the texts, enum, set: types with a character set
bool is_long_type(std::string_view words);  ///< texts, blobs, json, geometry: a literal default must be an expression

}  // namespace syncline::connectors::mysql
