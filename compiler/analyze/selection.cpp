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

void select_sync(std::vector<Context>& contexts, const std::string& part, std::set<std::string>& wanted) {
  const std::string name = part.substr(5);
  wanted.insert(name);
  std::vector<std::string> known;
  for (const Context& context : contexts) {
    if (context.incomplete) return;
    for (const auto& entry : context.declared.syncs) known.push_back(entry.first);
  }
  if (std::find(known.begin(), known.end(), name) != known.end() || contexts.front().options.other_revision) return;
  contexts.front().sink.emit(diag::SelectMatchesNothing(part).with_help("no sync has this name").did_you_mean(name, known));
}

}  // namespace

void apply_selection(std::vector<Context>& contexts) {
  Context& first = contexts.front();
  std::set<std::string> wanted;
  std::vector<std::string> tables;
  for (const std::string& select : first.options.select) {
    for (const std::string& part : split(select)) {
      if (part.rfind("sync:", 0) == 0) {
        select_sync(contexts, part, wanted);
      } else if (part.rfind("table:", 0) == 0 && part.size() > 6) {
        tables.push_back(part.substr(6));
      } else {
        first.sink.emit(diag::SelectMatchesNothing(part).with_help("write sync:NAME or table:PATTERN"));
      }
    }
  }
  for (Context& context : contexts) {
    context.unit.select_tables = tables;
    auto& syncs = context.unit.syncs;
    const auto left_out = [&](const bound::Sync& sync) { return !wanted.empty() && wanted.count(sync.name) == 0; };
    syncs.erase(std::remove_if(syncs.begin(), syncs.end(), left_out), syncs.end());
  }
}

}  // namespace syncline::analyze
