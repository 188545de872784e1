#include "compiler/diag/render.h"
#include "diag_explain.h"

namespace syncline::diag {

namespace {

std::string_view stem(std::string_view file) {
  return file.substr(0, file.rfind('.'));
}

}  // namespace

std::string_view explanation(Code code) {
  const std::string_view wanted = info(code).text;
  for (const explain::Embedded& file : explain::kFiles) {
    if (stem(file.name) == wanted) return file.text;
  }
  return {};
}

}  // namespace syncline::diag
