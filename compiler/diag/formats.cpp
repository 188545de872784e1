#include <algorithm>

#include "compiler/diag/render.h"

namespace syncline::diag {

const std::vector<Format>& formats() {
  static const std::vector<Format> all = {
      {"human", true,
       [](const Report& report) {
         return render_human(report.sink, report.sources, {report.color, false});
       }},
      {"short", true,
       [](const Report& report) {
         return render_human(report.sink, report.sources, {report.color, true});
       }},
      {"json", false, [](const Report& report) { return render_json(report.sink, report.sources); }},
      {"sarif", false, render_sarif},
      {"github", false, render_github},
      {"gitlab", false, render_gitlab},
      {"junit", false, render_junit},
  };
  return all;
}

const Format* find_format(std::string_view name) {
  const auto found = std::find_if(formats().begin(), formats().end(), [name](const Format& one) { return one.name == name; });
  return found == formats().end() ? nullptr : &*found;
}

}  // namespace syncline::diag
