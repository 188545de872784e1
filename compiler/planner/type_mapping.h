#pragma once
#include <optional>
#include <string>

#include "compiler/bound/bound.h"
#include "compiler/planner/type_rules.h"
#include "connectors/api/engine.h"
#include "stdlib/types/coercion.h"

/// From a source column's native type to the target's: user rules first, then the standard library's, always through logical
/// types.
namespace syncline::planner {

/// What a type becomes. `to` is what the target's own rules make of `native`, so it is what a later reader will see.
struct MappedType {
  types::LogicalType from;
  types::LogicalType to;
  types::NativeType native;
  types::Coercion coercion = types::Coercion::impossible;
  bool by_user = false;   ///< a rule of the script's TYPE MAPPING decided
  bool verbatim = false;  ///< same engine: native text copied
};

/// The logical type of a native one; `other` with the native text when the engine's rules know none.
types::LogicalType read_type(std::string_view engine, const types::NativeType& native, const ColumnFacts& facts);

/// How an engine spells a logical type; nothing when its rules have no way.
std::optional<types::NativeType> write_type(std::string_view engine, const types::LogicalType& logical, const ColumnFacts& facts);

/// The whole way of one column. `mapping` may be null. Enumerations that are types of one database are mapped even between two
/// of one engine. Nothing: the target has no type for it (SY5007).
std::optional<MappedType> map_type(const types::Column& column, const ColumnFacts& facts, const connectors::EngineInfo& source,
                                   const connectors::EngineInfo& target, const bound::TypeMapping* mapping);

/// A wanted logical type spelled by the target and read back. Nothing: the target cannot.
std::optional<MappedType> map_logical(const types::LogicalType& from, const types::LogicalType& wanted, const ColumnFacts& facts,
                                      std::string_view target_engine);

/// A type written in a script (CAST, ADD): a logical type, or the target's native one. Nothing: unknown to both (SY2007).
std::optional<MappedType> written_type(const ast::TypeRef& written, const types::LogicalType& from, const ColumnFacts& facts,
                                       std::string_view target_engine);

}  // namespace syncline::planner
