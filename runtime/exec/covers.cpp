#include "runtime/exec/covers.h"

#include "stdlib/expr/cell_value.h"
#include "stdlib/expr/operators.h"

namespace syncline::exec {

CoversCheck::CoversCheck(const plan::Covers& covers, const connectors::ReadRequest& request, const expr::Environment& instance)
    : from_(expr::evaluate(*covers.from, instance)), to_(expr::evaluate(*covers.to, instance)), zone_(request.naive_timezone) {
  while (cell_ < request.columns.size() && request.columns[cell_].name != covers.column) ++cell_;
  type_ = request.columns.at(cell_).logical;
}

std::optional<CoversCheck::Outside> CoversCheck::look(const types::Batch& batch) const {
  for (std::size_t row = 0; row < batch.rows(); ++row) {
    if (batch.nulls(row)[cell_] != 0) return Outside{row, "NULL"};
    const types::Value value = expr::cell_to_value(type_, batch.slots(row)[cell_], batch, zone_);
    const bool inside = expr::compare_values(value, from_, zone_) >= 0 && expr::compare_values(value, to_, zone_) < 0;
    if (!inside) return Outside{row, types::to_text(value)};
  }
  return std::nullopt;
}

}  // namespace syncline::exec
