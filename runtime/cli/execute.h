#pragma once
#include <CLI/App.hpp>
#include <memory>
#include <optional>
#include <string>

#include "runtime/cli/context.h"
#include "runtime/exec/run.h"

namespace syncline::cli {

constexpr int kWaitSeconds = 30;

/// How a plan is run.
struct Execution {
  bool adopt = false;
  bool dry_run = false;             ///< only planned: waits for nobody
  int wait_seconds = kWaitSeconds;  ///< for another run of the same target
};

/// A plan that may be run: its targets are held, so it stays true.
struct Ready {
  compiler::Result result;
  exec::Locks locks;
  std::unique_ptr<introspect::KnownStore> known;  ///< of targets that hold no state
  exec::RunOptions options;
};

/// Plans and takes the locks of the targets; plans again when another run had to be waited for, because what that did counts.
/// Findings that keep the run from starting are shown (for JSON as one more event, on one line like the others), and are the exit
/// code; nothing: go on.
std::optional<int> prepare(const compiler::Options& options, const Execution& how, const Common& common, Ready& ready);

/// Runs the plan in the foreground, with progress, history and signals. The exit code.
int execute(Ready& ready, const Common& common, const Project& project);

/// --wait, --state.
void add_execution(CLI::App& command, Execution& how, Common& common);

}  // namespace syncline::cli
