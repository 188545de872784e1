#pragma once
#include <string>
#include <vector>

#include "runtime/cli/context.h"

namespace syncline::cli {

/// A script that automatic fixes change.
struct FixedFile {
  std::string path;  ///< absolute
  std::string before, after;
};

/// What `check --fix` would write.
struct Fixes {
  std::vector<FixedFile> files;   ///< by path
  std::vector<std::string> said;  ///< `a.sync:2:6 SY1001: replace with `shop``, in the order of the passes
  bool refused = false;           ///< fixes are left out because together they would lead to new errors
};

/// Every automatic fix of the findings, then those of the scripts mended so, until none is left. Scripts in their canonical form
/// are formatted again. Writes nothing.
Fixes find_fixes(compiler::Options options);

/// Writes the files and says on stderr what changed. Throws UsageError when a file cannot be written.
void write_fixes(const Fixes& fixes);

/// The same as unified diffs on stdout; writes nothing.
void show_fixes(const Fixes& fixes);

}  // namespace syncline::cli
