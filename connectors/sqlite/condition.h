#pragma once
#include <string>

#include "connectors/sql/condition_writer.h"

namespace syncline::connectors::sqlite {

/// Conditions in SQLite's SQL. Columns of dates and times become microseconds (functions.h) and meet integer constants; decimals
/// are compared exactly by a function: SQLite would compare their text.
class SqliteCondition final : public sql::ConditionWriter {
 public:
  using ConditionWriter::ConditionWriter;

 protected:
  [[nodiscard]] SqlText constant(const types::Value& value, const types::LogicalType* against) const override;
  [[nodiscard]] SqlText column(const expr::Expr& node) const override;
  [[nodiscard]] std::string_view spelling(std::string_view function) const override;
  [[nodiscard]] SqlText trunc(const SqlText& operand, std::string_view unit, const expr::Expr& node) const override;
  [[nodiscard]] bool has_trunc() const override { return true; }
  [[nodiscard]] SqlText cast(const SqlText& operand, const expr::Expr& node) const override;
  [[nodiscard]] SqlText divide(const SqlText& left, const SqlText& right) const override;
  [[nodiscard]] SqlText arithmetic(std::string_view op, const SqlText& left, const SqlText& right,
                                   const types::LogicalType* left_type, const types::LogicalType* right_type) const override;
  [[nodiscard]] SqlText compare(std::string_view op, const SqlText& left, const SqlText& right,
                                const types::LogicalType* left_type, const types::LogicalType* right_type) const override;
  [[nodiscard]] SqlText in_list(const SqlText& operand, const std::vector<SqlText>& items, bool negated,
                                const types::LogicalType* type) const override;
};

/// `column` (SQL) so that ORDER BY puts it in the order in which conditions compare it.
std::string ordered_column(const std::string& column, const types::LogicalType& type);

}  // namespace syncline::connectors::sqlite
