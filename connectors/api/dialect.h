#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "connectors/api/target.h"
#include "stdlib/expr/expr.h"
#include "stdlib/types/schema.h"
#include "stdlib/types/value.h"

namespace syncline::connectors {

/// SQL text with its binds, in placeholder order. Engines whose statement takes no binds (PostgreSQL COPY) get typed literals.
struct SqlText {
  std::string text;
  std::vector<types::Value> binds;
};

/// How an engine spells names, literals and statements. All SQL that holds a foreign name or a value is made here.
class Dialect {
 public:
  virtual ~Dialect() = default;
  /// A quoted identifier; throws ConnectorError(unsupported) for NUL or invalid UTF-8.
  [[nodiscard]] virtual std::string quote(std::string_view identifier) const = 0;
  [[nodiscard]] virtual std::string quote(const types::ObjectName& name) const = 0;
  /// A literal of the engine for this value, typed where the engine can say so.
  [[nodiscard]] virtual std::string literal(const types::Value& value) const = 0;
  /// A folded condition. Functions and operators the engine lacks: ConnectorError(unsupported) naming the function.
  [[nodiscard]] virtual SqlText condition(const expr::Expr& expr, std::string_view naive_timezone) const = 0;
  /// True when `condition` can spell this function over a column.
  [[nodiscard]] virtual bool supports(std::string_view function) const = 0;

  /// The DDL that a load of this table would run, in order, one statement each: what `plan --ddl` shows. Staging appears under
  /// the target's own name.
  [[nodiscard]] virtual std::vector<std::string> ddl(const LoadTable& table) const = 0;
  [[nodiscard]] virtual std::string create_container(std::string_view container) const = 0;
};

}  // namespace syncline::connectors
