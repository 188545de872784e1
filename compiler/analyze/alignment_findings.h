#pragma once
#include "compiler/analyze/alignment_facts.h"
#include "compiler/analyze/analyze.h"
#include "compiler/analyze/windows.h"

/// From facts to findings: what the alignment proof tells the author of a sync.
namespace syncline::analyze {

/// One policy of a sync, and what of it moves rows window by window.
struct Case {
  const bound::Unit& unit;
  const bound::Sync& sync;
  const bound::Policy& policy;
  const types::Zone& clock;
  const ast::LoadPhase* increment = nullptr;
  const ast::Condition* condition = nullptr;  ///< null: rows are not chosen by window
  RowBounds bounds{};
  ast::WriteMode mode = ast::WriteMode::append;  ///< of the last phase
};

struct Proof {
  Facts facts;
  std::optional<Facts> without_end;  ///< when the upper bound is included: as if it were not
  schedule::Instance first;
};

/// Its rows replace whole ranges of a column (OVERWRITE PARTITION by RANGE).
bool replaces_ranges(const Case& found);
/// An increment that replaces the partitions of its window.
bool overwrites_increments(const Case& found);

/// Findings that need no evaluation: SY4001, 4005 of listed values, 4007, 4009, 4013, 4014.
void report_words(const Case& found, diag::Sink& sink);
/// SY4002 to 4006, 4008, 4012, 4015.
void report_facts(const Case& found, const Proof& proof, diag::Sink& sink);

}  // namespace syncline::analyze
