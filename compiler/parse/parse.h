#pragma once
#include "compiler/ast/statement.h"
#include "compiler/diag/diagnostic.h"
#include "compiler/source/source.h"

namespace syncline::parse {

/// Reads one source. Recovers at `;`, so a file shows the first error of each broken statement (class 0 codes). Never throws.
ast::Script parse(const source::SourceSet& sources, source::SourceId source, diag::Sink& sink);

}  // namespace syncline::parse
