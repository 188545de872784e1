#include "compiler/planner/work.h"

#include <algorithm>

#include "stdlib/base/hash.h"
#include "stdlib/base/text.h"

namespace syncline::planner {
namespace {

std::size_t characters(std::string_view utf8) {
  return static_cast<std::size_t>(
      std::count_if(utf8.begin(), utf8.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

/// Findings that stop the whole script (DECISIONS 14): classes 0 to 4 and 6, unknown names, patterns without a match.
bool concerns_script(const diag::Diagnostic& diagnostic) {
  if (diagnostic.severity != diag::Severity::error) return false;
  const std::string_view code = diag::info(diagnostic.code).text;
  const char band = code.size() > 2 ? code[2] : '9';
  if (band <= '4' || band == '6') return true;
  using diag::Code;
  return diagnostic.code == Code::SY5002 || diagnostic.code == Code::SY5003 || diagnostic.code == Code::SY5004;
}

/// The column that an SY5003 names: its address, or the first name of its message.
std::string missing_column(const diag::Diagnostic& found) {
  if (!found.column.empty()) return found.column;
  const std::size_t begin = found.message.find('`');
  const std::size_t end = begin == std::string::npos ? begin : found.message.find('`', begin + 1);
  return end == std::string::npos ? std::string() : found.message.substr(begin + 1, end - begin - 1);
}

}  // namespace

bool Work::blocked() const {
  return std::any_of(plan.findings.begin(), plan.findings.end(),
                     [](const diag::Diagnostic& found) { return found.severity == diag::Severity::error; });
}

Draft* Work::draft_of(std::string_view source_column) {
  for (Draft& draft : drafts) {
    if (draft.source >= 0 && source.columns[static_cast<std::size_t>(draft.source)].name == source_column) return &draft;
  }
  return nullptr;
}

Draft* Work::draft_named(std::string_view target_column) {
  const auto found = std::find_if(drafts.begin(), drafts.end(), [&](const Draft& draft) { return draft.name == target_column; });
  return found == drafts.end() ? nullptr : &*found;
}

const bound::TypeMapping* SyncWork::mapping_of(const Work& work, const bound::Unit& unit) const {
  if (!work.policy.type_mapping) return nullptr;
  const auto found = unit.mappings.find(work.policy.type_mapping->value);
  return found == unit.mappings.end() ? nullptr : &found->second;
}

Work* SyncWork::table(const types::ObjectName& source_name) {
  const auto found = std::lower_bound(tables.begin(), tables.end(), source_name,
                                      [](const Work& work, const types::ObjectName& name) { return work.plan.source < name; });
  return found == tables.end() || found->plan.source != source_name ? nullptr : &*found;
}

void ScriptFindings::emit(diag::Diagnostic diagnostic) {
  std::string key = diagnostic.message;
  for (const diag::Label& label : diagnostic.labels) {
    if (label.primary) key += "@" + std::to_string(label.span.source) + ":" + std::to_string(label.span.begin);
  }
  if (seen_.emplace(static_cast<int>(diagnostic.code), key).second) sink_.emit(std::move(diagnostic));
}

void ScriptFindings::route(const diag::Sink& local, const source::Span& rule, const std::string& sync, Work& work) {
  looked_at_[place(rule)].insert(work.plan.address);
  for (const diag::Diagnostic& found : local.all()) {
    if (found.code == diag::Code::SY5003) {
      const std::string column = missing_column(found);
      Misses& misses = misses_[{place(rule), column}];
      if (misses.tables.empty()) misses.first = found;
      misses.column = column;
      misses.tables.emplace(work.plan.address, types::to_string(work.plan.source));
    } else if (concerns_script(found)) {
      emit(found);
    } else {
      diag::Diagnostic own = found;
      own.sync = sync;
      own.table = types::to_string(work.plan.source);
      work.plan.findings.push_back(std::move(own));
    }
  }
}

void ScriptFindings::flush() {
  for (auto& [key, misses] : misses_) {
    const std::uint64_t total = looked_at_[key.first].size();
    if (misses.tables.size() >= total || misses.column.empty()) {
      emit(misses.first);
      continue;
    }
    std::vector<std::string> names;
    for (const auto& [address, name] : misses.tables) names.push_back(name);
    diag::Diagnostic some = diag::ColumnMissingInSome(misses.column, names.size(), total, text::sample_list(names));
    some.labels = misses.first.labels;
    some.help.emplace_back("OVERRIDE these tables, EXCEPT them, or name the column by a pattern");
    emit(std::move(some));
  }
  misses_.clear();
}

void finding(const SyncWork& sync, Work& work, diag::Diagnostic diagnostic) {
  diagnostic.sync = sync.bound->name;
  diagnostic.table = types::to_string(work.plan.source);
  work.plan.findings.push_back(std::move(diagnostic));
}

std::string fold(std::string_view name, connectors::NameCase rule) {
  return rule == connectors::NameCase::sensitive ? std::string(name) : text::lower(name);
}

std::string fold(const types::ObjectName& name, connectors::NameCase rule) {
  return fold(name.container, rule) + '\0' + fold(name.table, rule);
}

std::string too_long(std::string_view name, const connectors::EngineInfo& engine) {
  const auto& can = engine.capabilities;
  const std::string shown = "`" + std::string(name) + "` is ";
  if (can.max_identifier_bytes > 0 && name.size() > static_cast<std::size_t>(can.max_identifier_bytes)) {
    return fmt::format("{}{} bytes long, {} takes {}", shown, name.size(), engine.name, can.max_identifier_bytes);
  }
  if (can.max_identifier_characters > 0 && characters(name) > static_cast<std::size_t>(can.max_identifier_characters)) {
    return fmt::format("{}{} characters long, {} takes {}", shown, characters(name), engine.name, can.max_identifier_characters);
  }
  return {};
}

std::string shortened(const std::string& name, const connectors::EngineInfo& engine) {
  if (too_long(name, engine).empty()) return name;
  const auto& can = engine.capabilities;
  const std::string tail = "_" + hash::fast_hex(name).substr(0, 8);
  const int limit = can.max_identifier_bytes > 0 ? can.max_identifier_bytes : can.max_identifier_characters;
  return std::string(text::truncate_utf8(name, static_cast<std::size_t>(limit) - tail.size())) + tail;
}

}  // namespace syncline::planner
