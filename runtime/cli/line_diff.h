#pragma once
#include <string>

namespace syncline::cli {

/// A unified diff (3 lines of context) of two texts, under `--- name` and `+++ name (what)`. Empty when they are equal.
std::string line_diff(const std::string& name, const std::string& before, const std::string& after, const std::string& what);

}  // namespace syncline::cli
