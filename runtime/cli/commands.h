#pragma once
#include <CLI/App.hpp>
#include <functional>
#include <string>

#include "runtime/cli/context.h"

namespace syncline::cli {

/// What the chosen command will do; set by the option parser, called by main.
using Action = std::function<int()>;

/// Each adds its subcommand with options, help and examples, and stores its work in `action`.
void add_check(CLI::App& app, Action& action);
void add_fmt(CLI::App& app, Action& action);
void add_plan(CLI::App& app, Action& action);
void add_run(CLI::App& app, Action& action);
void add_backfill(CLI::App& app, Action& action);
void add_simulate(CLI::App& app, Action& action);
void add_history(CLI::App& app, Action& action);
void add_graph(CLI::App& app, Action& action);
void add_catalog(CLI::App& app, Action& action);
void add_explain(CLI::App& app, Action& action);
void add_init(CLI::App& app, Action& action);
void add_completion(CLI::App& app, Action& action);
void add_version(CLI::App& app, Action& action);

/// Paths, --select, --table, --param, --env, --format (one of `formats`), --no-color.
void add_common(CLI::App& command, Common& common, const std::string& formats);
/// A help page that opens with examples.
void examples(CLI::App& command, const std::string& text);

}  // namespace syncline::cli
