#pragma once
#include <functional>
#include <memory>
#include <ostream>

#include "runtime/observe/observer.h"

/// The three ways to show a run. `progress` takes what happens while it runs (stderr), `result` the closing table (stdout).
/// Every name that comes from a database is made printable first. Streams must outlive the observer.
namespace syncline::observe {

/// Seconds of a clock that never jumps. Tests give a fixed one.
using Seconds = std::function<double()>;
Seconds steady_seconds();

struct Screen {
  std::ostream& progress;
  std::ostream& result;
  bool color = false;
  /// Columns of the terminal, asked before each drawing; null: 100.
  std::function<int()> width = nullptr;
  /// Lines of the terminal, likewise; null or 0: enough.
  std::function<int()> height = nullptr;
};

/// Redraws a block of lines at the bottom (ANSI): one per running table (rows, share, rate, time left), then the total. For
/// terminals only.
std::unique_ptr<RunObserver> make_terminal_observer(Screen screen);
/// A line when a table starts and ends, and one with the totals (share and time left where sizes are known) about every ten
/// seconds.
std::unique_ptr<RunObserver> make_line_observer(Screen screen, Seconds seconds = steady_seconds());
/// One JSON object per line, all on `out`: {"version":1,"event":"run_started|table|progress|note|run_finished",…}.
std::unique_ptr<RunObserver> make_json_observer(std::ostream& out, Seconds seconds = steady_seconds());

/// The closing table (table, rows, bytes, time, how it was written), every failure with its help, and one sentence that says what
/// to do. Ends with a line feed.
std::string closing_text(const RunSummary& summary, bool color);
/// The sentence alone: "2 succeeded, 1 failed in 3.6 s. …".
std::string closing_sentence(const RunSummary& summary);

}  // namespace syncline::observe
