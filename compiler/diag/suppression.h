#pragma once
#include <string>
#include <vector>

#include "compiler/diag/diagnostic.h"

namespace syncline::diag {

/// A comment `-- lint:ignore SY4008, SY4002 until 2026-12-31: reason` that is well-formed. Findings whose primary label meets
/// `acts_on` and whose code it names are taken out.
struct Suppression {
  struct Named {
    Code code;
    std::string text;  ///< as written: "SY4008"
    bool used = false;
  };
  source::Span comment;      ///< with its dashes, without the line end
  source::Span codes_span;   ///< of the list of codes
  source::Span acts_on;      ///< a line or a whole statement; empty: nothing stands behind the comment
  bool own_line = false;     ///< the comment has a line of its own
  bool statement = false;    ///< `acts_on` is a statement
  bool judged = false;       ///< stands in a file that the call names: it may be called unused
  std::string until;         ///< last day on which it acts, empty: no end
  bool expired = false;      ///< by the day of the call: takes nothing out
  std::vector<Named> named;  ///< codes that may be suppressed
  std::size_t written = 0;   ///< codes written, unknown ones included
};

}  // namespace syncline::diag
