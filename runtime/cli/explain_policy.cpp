#include "runtime/cli/explain_policy.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "connectors/api/registry.h"
#include "stdlib/base/text.h"

namespace syncline::cli {

namespace {

using compiler::PolicyOption;
using compiler::TablePolicy;
using nlohmann::ordered_json;

/// Longer values do not push the places of all others to the right.
constexpr std::size_t kWidestValue = 60;

std::string place_of(const PolicyOption& option) {
  if (option.level.empty()) return "default";
  return fmt::format("{}:{}:{}  {}", text::printable(option.file), option.line, option.column, option.level);
}

void print_human(const std::vector<TablePolicy>& tables) {
  for (std::size_t i = 0; i < tables.size(); ++i) {
    const TablePolicy& table = tables[i];
    std::size_t names = 0;
    std::size_t values = 0;
    for (const PolicyOption& option : table.options) {
      names = std::max(names, text::display_width(option.name));
      const std::size_t width = text::display_width(option.value);
      if (width <= kWidestValue) values = std::max(values, width);
    }
    fmt::print(stdout, "{}{}  {}:{} → {}  by {}\n", i == 0 ? "" : "\n", text::printable(table.sync),
               text::printable(table.source), text::printable(table.table), text::printable(table.target),
               text::printable(table.pattern));
    for (const PolicyOption& option : table.options) {
      const auto filled = [](const std::string& text, std::size_t width) {
        const std::size_t own = text::display_width(text);
        return text + std::string(own < width ? width - own : 0, ' ');
      };
      fmt::print(stdout, "  {}  {}  {}\n", filled(option.name, names), filled(option.value, values), place_of(option));
    }
  }
}

ordered_json option_json(const PolicyOption& option) {
  ordered_json made{{"name", option.name}, {"value", option.value}, {"default", option.level.empty()}};
  if (option.level.empty()) return made;
  made["level"] = option.level;
  made["file"] = option.file;
  made["line"] = option.line;
  made["column"] = option.column;
  return made;
}

void print_json(const std::vector<TablePolicy>& tables) {
  ordered_json out{{"version", 1}, {"tables", ordered_json::array()}};
  for (const TablePolicy& table : tables) {
    ordered_json made{{"sync", table.sync},   {"source", table.source},   {"target", table.target},
                      {"table", table.table}, {"pattern", table.pattern}, {"options", ordered_json::array()}};
    for (const PolicyOption& option : table.options) made["options"].push_back(option_json(option));
    out["tables"].push_back(std::move(made));
  }
  fmt::print(stdout, "{}\n", out.dump(2, ' ', false, ordered_json::error_handler_t::replace));
}

}  // namespace

int explain_policy(const Common& common, const std::string& table) {
  const Project project = find_project(".");
  const compiler::Options options = compiler_options(common, project);
  compiler::Result result;
  const auto tables = compiler::explain_policy(options, table, connectors::default_registry(), result);
  result.sink.sort(result.sources);
  if (const int code = exit_of(result); code != kOk) {
    report_beside_data(result, common);
    return code;
  }
  common.format == "json" ? print_json(tables) : print_human(tables);
  return kOk;
}

}  // namespace syncline::cli
