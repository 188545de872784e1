#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "compiler/pipeline.h"

namespace syncline::cli {

/// Exit codes of the command line (LANGUAGE 4, DECISIONS 13): a contract.
enum Exit : int {
  kOk = 0,
  kFindings = 1,     ///< errors in scripts or plan, a file not formatted
  kUsage = 2,        ///< usage, configuration, internal error: the tool could not do its job
  kChanges = 3,      ///< plan --exit-code: a run would write something
  kPartly = 4,       ///< some tables committed, some failed
  kFailed = 5,       ///< nothing committed
  kHeld = 6,         ///< another run holds the target
  kUnreachable = 7,  ///< cannot connect or log in
  kInterrupted = 130,
};

/// A mistake in how the command was called, or in the project's settings. Becomes exit 2 with `help` under the message.
struct UsageError {
  std::string message;
  std::string help;
  std::string code = {};  ///< of the catalogue, where it has one
};
UsageError usage_error(const diag::Diagnostic& diagnostic);

/// The project folder and its `syncline.toml`: the nearest one upwards, else the current folder without settings.
struct Project {
  std::string folder;  ///< absolute
  bool has_file = false;
  std::map<std::string, diag::Severity> severities;                        ///< [lint] SY1007 = "error"
  std::map<std::string, std::map<std::string, std::string>> environments;  ///< [env.prod] name = value
};
/// Throws UsageError when the file is wrong.
Project find_project(const std::string& start);

/// Options that every command working on scripts takes.
struct Common {
  std::vector<std::string> paths;
  std::vector<std::string> select;
  std::vector<std::string> tables;
  std::vector<std::string> parameters;  ///< name=value
  std::string environment;
  std::string format = "human";
  std::string state;
  bool no_color = false;
  bool no_input = false;  ///< accepted; nothing ever asks
};

/// Compiler options for these common options: paths (default: the project folder), parameters of `--env` under those of
/// `--param`,
/// `--table` as a table selection. Throws UsageError.
compiler::Options compiler_options(const Common& common, const Project& project);

/// The folder of the state database: --state, else `.syncline` of the project.
std::string state_folder(const Common& common, const std::string& project_folder);

/// Whether to colour what goes to this file descriptor: a terminal, no NO_COLOR, no --no-color, TERM not dumb.
bool use_color(int file_descriptor, const Common& common);

/// Prints findings to stderr (human, short) or stdout (json); for json `extra` members are the caller's. Nothing when there are
/// none.
void report(const compiler::Result& result, const Common& common);

/// Findings for people, on stderr whatever the format: stdout belongs to the data.
void report_beside_data(const compiler::Result& result, const Common& common);

/// One finding for people, on stderr.
void report(const diag::Diagnostic& diagnostic, const Common& common);

/// Words as they can be typed into a shell again, joined by blanks.
std::string spoken(const std::vector<std::string>& words);

/// The words of this call that say what is read: paths, --select, --table, --param, --env.
std::vector<std::string> given_words(const Common& common);

/// Exit code of a compilation that did not lead to work: 7 when a connection failed, 2 when a secret is missing, 1 for other
/// errors.
int exit_of(const compiler::Result& result);

/// Exit code of a plan that is only shown: 1 when a table is blocked.
int exit_of(const plan::Plan& plan);

/// Microseconds since 2000-01-01 UTC, from the system clock.
std::int64_t now_micros();

}  // namespace syncline::cli
