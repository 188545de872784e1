#pragma once
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "runtime/exec/covers.h"
#include "runtime/exec/pipeline.h"
#include "runtime/exec/table_job.h"
#include "runtime/exec/unit_run.h"
#include "stdlib/expr/row_key.h"
#include "stdlib/expr/row_transform.h"

namespace syncline::exec {

/// Ends a unit for a reason of our own; carries its diagnostic.
struct UnitRefused {
  diag::Diagnostic diagnostic;
};
/// The watch said stop.
struct UnitStopped {};

/// How often a lossy policy acted, per column.
using PolicyUses = std::map<std::string, std::uint64_t>;
void add_uses(PolicyUses& all, const std::vector<std::pair<std::string, std::uint64_t>>& more);

/// Where rows are written. Sessions that share a loader write one after the other.
struct LoadLane {
  connectors::Loader& loader;
  std::mutex* shared = nullptr;  ///< null: nobody else writes to it
};

/// What is copied: rows of `part`, into the load of `job`. They are the same but for a shard group, whose tables are its parts.
struct CopyOf {
  const TableJob& job;
  const TableJob& part;
};

/// Takes the rows of one table from streams to a loader: transformed, held to COVERS, counted. One thread.
class RowCopy {
 public:
  /// `side` is kept at where a failure would have happened.
  RowCopy(const CopyOf& what, const UnitContext& context, Side& side);

  /// One table or range of the stream, to its end. Throws ConnectorError, expr::ValueError, UnitRefused, UnitStopped.
  void run(RowStream& stream, const LoadLane& lane);
  /// What the complete streams said they were, summed.
  [[nodiscard]] std::uint64_t rows() const { return rows_; }
  [[nodiscard]] PolicyUses policy_uses() const;

 private:
  [[nodiscard]] std::vector<expr::ColumnRecipe> recipes() const;
  void fix_partition(expr::ColumnRecipe& recipe) const;
  void move(types::Batch& batch, const LoadLane& lane);
  void stay_inside(const types::Batch& batch) const;
  [[nodiscard]] expr::ValueError named(const expr::RowError& error, const types::Batch& batch) const;

  const TableJob& job_;
  const TableJob& part_;
  const UnitContext& context_;
  Side& side_;
  expr::RowTransform transform_;
  bool untouched_;
  std::optional<CoversCheck> covers_;
  std::uint64_t moved_ = 0;  ///< rows of earlier batches
  std::uint64_t rows_ = 0;
  PolicyUses uses_;
};

/// What the copies of one table brought.
struct Copied {
  std::uint64_t rows = 0;
  PolicyUses uses;

  void add(const RowCopy& copy);
};

/// A refusal with its place.
[[noreturn]] void refuse(diag::Diagnostic diagnostic, const Where& at);
/// Throws UnitStopped when the unit is to end.
void check_stop(const Watch& watch);

}  // namespace syncline::exec
