#pragma once
#include <string>

#include "compiler/plan/plan.h"

namespace syncline::examine {

/// What a server's message is about within a native text: the word that it names, where that stands there once; else all of it.
source::Span place_of(const plan::NativePart& part, const std::string& message);

}  // namespace syncline::examine
