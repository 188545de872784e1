#pragma once
#include "compiler/analyze/analyze.h"

/// `-- lint:ignore SY4008 until 2026-12-31: reason`, read from the comments that the parser keeps (LANGUAGE 3).
namespace syncline::analyze {

/// The suppressions of a script into `result.suppressions`; SY7003 for what is none: no code, an unknown one, one that cannot be
/// suppressed, no reason, no date.
void read_suppressions(const ast::Script& script, const compiler::Options& options, compiler::Result& result);

/// Takes out what a suppression hides, from the sink and from the tables of the plan, and counts it. What is said about a table
/// without a place of the script counts as said at the name of its sync.
void apply_suppressions(const bound::Unit& unit, compiler::Result& result);

/// SY7003 for those that are over, and for those that hide nothing. Unused is said only when everything was looked at: no error,
/// no
/// --select; and only of codes that scripts alone decide (not classes 5 and 8), in files that the call names.
void report_suppressions(const compiler::Options& options, compiler::Result& result);

}  // namespace syncline::analyze
