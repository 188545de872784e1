#include "runtime/cli/files.h"

#include <fmt/format.h>

#include <fstream>

#include "runtime/cli/context.h"

namespace syncline::cli {

namespace fs = std::filesystem;

void replace_file(const fs::path& file, const std::string& text) {
  const fs::path beside = file.string() + ".syncline-new";
  {
    std::ofstream stream(beside, std::ios::binary | std::ios::trunc);
    stream << text;
    stream.flush();
    if (!stream) throw UsageError{fmt::format("cannot write `{}`", file.string()), "is the disk full, or the folder read-only?"};
  }
  if (fs::exists(file)) fs::permissions(beside, fs::status(file).permissions());
  fs::rename(beside, file);
}

}  // namespace syncline::cli
