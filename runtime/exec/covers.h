#pragma once
#include <optional>
#include <string>

#include "compiler/plan/plan.h"
#include "connectors/api/source.h"
#include "stdlib/expr/evaluate.h"
#include "stdlib/types/batch.h"

namespace syncline::exec {

/// COVERS, enforced: every row that a native condition lets through lies in the range it promised. NULL lies outside.
class CoversCheck {
 public:
  /// `request` reads the column. `instance` knows the parameters of the load.
  CoversCheck(const plan::Covers& covers, const connectors::ReadRequest& request, const expr::Environment& instance);

  struct Outside {
    std::size_t row = 0;
    std::string value;
  };
  /// The first row of the batch that breaks the promise.
  [[nodiscard]] std::optional<Outside> look(const types::Batch& batch) const;
  [[nodiscard]] std::string from() const { return types::to_text(from_); }
  [[nodiscard]] std::string to() const { return types::to_text(to_); }

 private:
  std::size_t cell_ = 0;
  types::LogicalType type_;
  types::Value from_;
  types::Value to_;
  std::string zone_;
};

}  // namespace syncline::exec
