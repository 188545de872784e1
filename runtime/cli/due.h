#pragma once
#include <CLI/App.hpp>
#include <cstdint>
#include <string>
#include <vector>

#include "compiler/pipeline.h"

namespace syncline::cli {

/// What `plan` and `run` are told about which loads are due.
struct Due {
  bool full = false;
  bool adopt = false;
  std::string window;
  std::string at;
};

/// --full, --adopt, --window, --at.
void add_due(CLI::App& command, Due& due);
/// The words that say the same again.
std::vector<std::string> due_words(const Due& due);
void apply(const Due& due, compiler::Options& options);

/// Days of --from and --to, both included. Throws UsageError when one is no day or they are the wrong way round.
void check_days(const std::string& from, const std::string& to);

}  // namespace syncline::cli
