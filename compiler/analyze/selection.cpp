#include <algorithm>

#include "compiler/analyze/context.h"

namespace syncline::analyze {
namespace {

/// "sync:a,table:b" as its parts; a comma belongs to a pattern unless a kind follows it.
std::vector<std::string> split(const std::string& select) {
  std::vector<std::string> parts;
  std::size_t begin = 0;
  for (std::size_t at = 0; at <= select.size(); ++at) {
    const bool next = at < select.size() && select[at] == ',' &&
                      (select.compare(at + 1, 5, "sync:") == 0 || select.compare(at + 1, 6, "table:") == 0);
    if (!next && at != select.size()) continue;
    parts.push_back(select.substr(begin, at - begin));
    begin = at + 1;
  }
  return parts;
}

}  // namespace

void apply_selection(Context& context) {
  std::set<std::string> wanted;
  for (const std::string& select : context.options.select) {
    for (const std::string& part : split(select)) {
      if (part.rfind("sync:", 0) == 0) {
        const std::string name = part.substr(5);
        wanted.insert(name);
        if (context.declared.syncs.count(name) != 0 || context.incomplete) continue;
        context.sink.emit(diag::SelectMatchesNothing(part)
                              .with_help("no sync has this name")
                              .did_you_mean(name, names_of(context.declared.syncs)));
      } else if (part.rfind("table:", 0) == 0 && part.size() > 6) {
        context.unit.select_tables.push_back(part.substr(6));
      } else {
        context.sink.emit(diag::SelectMatchesNothing(part).with_help("write sync:NAME or table:PATTERN"));
      }
    }
  }
  if (wanted.empty()) return;
  auto& syncs = context.unit.syncs;
  syncs.erase(std::remove_if(syncs.begin(), syncs.end(), [&](const bound::Sync& sync) { return wanted.count(sync.name) == 0; }),
              syncs.end());
}

}  // namespace syncline::analyze
