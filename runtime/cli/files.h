#pragma once
#include <filesystem>
#include <string>

namespace syncline::cli {

/// The whole new text or the old one: written beside, then renamed. Throws UsageError.
void replace_file(const std::filesystem::path& file, const std::string& text);

}  // namespace syncline::cli
