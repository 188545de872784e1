#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "connectors/api/dialect.h"
#include "stdlib/expr/expr.h"

namespace syncline::connectors::sql {

/// Renders a folded condition (no parameters left) as SQL text with binds. One subclass per engine says what differs; the base
/// walks the tree, keeps binds in placeholder order and makes instants and naive columns meet. Stateless after construction,
/// thread-safe.
class ConditionWriter {
 public:
  /// `naive_timezone`: IANA zone in which naive date and time columns are meant.
  ConditionWriter(const Dialect& dialect, std::string_view naive_timezone);
  virtual ~ConditionWriter() = default;
  ConditionWriter(const ConditionWriter&) = delete;
  ConditionWriter& operator=(const ConditionWriter&) = delete;

  /// Throws ConnectorError(unsupported) naming the function, operator or type that the engine cannot spell.
  [[nodiscard]] SqlText write(const expr::Expr& expr) const;
  /// True when this function may stand over a column (includes `trunc`, when the engine has it).
  [[nodiscard]] bool spells(std::string_view function) const;

 protected:
  /// A constant. `against`: type of the column that it is compared with, or null. Instants compared with a naive column arrive as
  /// that column's clock time; dates compared with a timestamp column arrive as a timestamp. Default: a `?` with one bind.
  [[nodiscard]] virtual SqlText constant(const types::Value& value, const types::LogicalType* against) const;
  /// A source column. Default: its quoted name.
  [[nodiscard]] virtual SqlText column(const expr::Expr& node) const;
  /// Pattern of a function ("coalesce({*})", "position({2} in {1})"), or empty: not spelled. `{n}` is an argument, `{*}` all of
  /// them.
  [[nodiscard]] virtual std::string_view spelling(std::string_view function) const;
  /// trunc(operand, unit) with unit hour, day, week, month, quarter or year; `node` is the call. Default: unsupported.
  [[nodiscard]] virtual SqlText trunc(const SqlText& operand, std::string_view unit, const expr::Expr& node) const;
  [[nodiscard]] virtual bool has_trunc() const { return false; }
  /// CAST; `node.cast_to` is the type. Default: unsupported.
  [[nodiscard]] virtual SqlText cast(const SqlText& operand, const expr::Expr& node) const;
  [[nodiscard]] virtual SqlText concat(const SqlText& left, const SqlText& right) const;  ///< `({1} || {2})`
  /// `({1} + {2})`, op one of `+ - *`; `left_type`/`right_type`: column types behind the operands, or null.
  [[nodiscard]] virtual SqlText arithmetic(std::string_view op, const SqlText& left, const SqlText& right,
                                           const types::LogicalType* left_type, const types::LogicalType* right_type) const;
  [[nodiscard]] virtual SqlText divide(const SqlText& left, const SqlText& right) const;                   ///< `({1} / {2})`
  [[nodiscard]] virtual SqlText like(const SqlText& operand, const SqlText& pattern, bool negated) const;  ///< … ESCAPE '\'
  /// A comparison, op one of `= <> < <= > >=`; `left_type`/`right_type`: column types behind the operands, or null.
  [[nodiscard]] virtual SqlText compare(std::string_view op, const SqlText& left, const SqlText& right,
                                        const types::LogicalType* left_type, const types::LogicalType* right_type) const;

  /// `operand [NOT] IN (items)`; `type`: of the column behind the operand, or null.
  [[nodiscard]] virtual SqlText in_list(const SqlText& operand, const std::vector<SqlText>& items, bool negated,
                                        const types::LogicalType* type) const;

  [[nodiscard]] const Dialect& dialect() const { return dialect_; }
  [[nodiscard]] const std::string& naive_timezone() const { return naive_timezone_; }

 private:
  [[nodiscard]] SqlText render(const expr::Expr& node, const types::LogicalType* against) const;
  [[nodiscard]] SqlText render_comparison(const expr::Expr& node) const;
  [[nodiscard]] SqlText render_in(const expr::Expr& node) const;
  [[nodiscard]] SqlText render_between(const expr::Expr& node) const;
  [[nodiscard]] SqlText render_case(const expr::Expr& node, const types::LogicalType* against) const;
  [[nodiscard]] SqlText render_call(const expr::Expr& node, const types::LogicalType* against) const;
  [[nodiscard]] SqlText render_binary(const expr::Expr& node, const types::LogicalType* against) const;
  [[nodiscard]] SqlText render_constant(const expr::Expr& node, const types::LogicalType* against) const;

  const Dialect& dialect_;
  std::string naive_timezone_;
};

/// `pattern` with `{1}`, `{2}`… and `{*}` replaced; binds follow in the order of the text.
SqlText fill(std::string_view pattern, const std::vector<SqlText>& arguments);
/// The error for something an engine cannot spell: "`regexp_like` over a column cannot be evaluated by the source".
[[noreturn]] void throw_unsupported(std::string_view what);
/// The type of the column that decides how a constant beside `node` is to be written, or null.
const types::LogicalType* column_type_of(const expr::Expr& node);

}  // namespace syncline::connectors::sql
