#pragma once
#include "connectors/sql/condition_writer.h"

namespace syncline::connectors::postgres {

/// Conditions as PostgreSQL spells them: typed literals instead of binds, because COPY takes none.
class ConditionSpelling final : public sql::ConditionWriter {
 public:
  using sql::ConditionWriter::ConditionWriter;

 protected:
  [[nodiscard]] SqlText constant(const types::Value& value, const types::LogicalType* against) const override;
  [[nodiscard]] std::string_view spelling(std::string_view function) const override;
  [[nodiscard]] SqlText trunc(const SqlText& operand, std::string_view unit, const expr::Expr& node) const override;
  [[nodiscard]] bool has_trunc() const override { return true; }
  [[nodiscard]] SqlText cast(const SqlText& operand, const expr::Expr& node) const override;
};

/// The PostgreSQL type of a logical type in a CAST; empty: there is none.
std::string cast_type(const types::LogicalType& type);

}  // namespace syncline::connectors::postgres
