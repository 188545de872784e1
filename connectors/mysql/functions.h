#pragma once
#include "connectors/sql/condition_writer.h"

namespace syncline::connectors::mysql {

/// Conditions as MySQL and MariaDB spell them. Text is compared by its bytes only where the column's collation says so.
class MysqlConditionWriter final : public sql::ConditionWriter {
 public:
  using ConditionWriter::ConditionWriter;

 protected:
  [[nodiscard]] SqlText constant(const types::Value& value, const types::LogicalType* against) const override;
  [[nodiscard]] std::string_view spelling(std::string_view function) const override;
  [[nodiscard]] SqlText trunc(const SqlText& operand, std::string_view unit, const expr::Expr& node) const override;
  [[nodiscard]] bool has_trunc() const override { return true; }
  [[nodiscard]] SqlText cast(const SqlText& operand, const expr::Expr& node) const override;
  [[nodiscard]] SqlText concat(const SqlText& left, const SqlText& right) const override;
  [[nodiscard]] SqlText like(const SqlText& operand, const SqlText& pattern, bool negated) const override;
};

}  // namespace syncline::connectors::mysql
