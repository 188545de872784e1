#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <nlohmann/json.hpp>

#include "compiler/pipeline.h"
#include "connectors/api/registry.h"
#include "runtime/cli/commands.h"
#include "runtime/cli/due.h"
#include "stdlib/base/text.h"
#include "stdlib/types/calendar.h"
#include "stdlib/types/zone.h"

namespace syncline::cli {

namespace {

using compiler::SimulatedInstance;
using compiler::Simulation;
using nlohmann::ordered_json;

struct SimulateOptions {
  Common common;
  std::string from, to;
};

std::string offset_text(std::int64_t offset) {
  const std::int64_t minutes = std::abs(offset) / 60'000'000;
  return fmt::format("{}{:02}:{:02}", offset < 0 ? '-' : '+', minutes / 60, minutes % 60);
}

/// `2026-11-20T00:30:00+01:00`, or for people `2026-11-20 00:30+01:00`.
std::string moment(std::int64_t instant, const types::Zone& zone, bool iso) {
  const std::int64_t local = zone.to_local(instant);
  std::string text = types::format_timestamp(local, 0, iso ? 'T' : ' ');
  if (!iso && text.substr(text.size() - 3) == ":00") text.resize(text.size() - 3);
  return text + offset_text(local - instant);
}

ordered_json instance_json(const Simulation& sync, const SimulatedInstance& one, const types::Zone& zone) {
  ordered_json made{{"scheduled_at", moment(one.scheduled_at, zone, true)},
                    {"window_start", moment(one.window_start, zone, true)},
                    {"window_end", moment(one.window_end, zone, true)},
                    {"bizdate", one.bizdate},
                    {"partitions", ordered_json::object()}};
  for (std::size_t i = 0; i < one.partitions.size(); ++i)
    made["partitions"][sync.partitions[i]] = one.partitions[i].empty() ? ordered_json() : ordered_json(one.partitions[i]);
  if (!sync.column.empty()) {
    made["reads"] = {{"column", sync.column}, {"from", nullptr}, {"to", nullptr}};
    if (one.reads_from) made["reads"]["from"] = moment(*one.reads_from, zone, true);
    if (one.reads_to) made["reads"]["to"] = moment(*one.reads_to, zone, true);
  }
  return made;
}

void print_json(const std::vector<Simulation>& syncs) {
  ordered_json out{{"version", 1}, {"syncs", ordered_json::array()}};
  for (const Simulation& sync : syncs) {
    ordered_json made{{"sync", sync.sync},
                      {"schedule", sync.schedule},
                      {"timezone", sync.zone},
                      {"tables", sync.tables},
                      {"instances", ordered_json::array()}};
    const types::Zone* zone = types::Zone::find(sync.zone);
    for (const SimulatedInstance& one : sync.instances) made["instances"].push_back(instance_json(sync, one, *zone));
    out["syncs"].push_back(std::move(made));
  }
  fmt::print(stdout, "{}\n", out.dump(2, ' ', false, ordered_json::error_handler_t::replace));
}

using Row = std::vector<std::string>;

Row row_of(const Simulation& sync, const SimulatedInstance& one, const types::Zone& zone) {
  Row row{moment(one.scheduled_at, zone, false), moment(one.window_start, zone, false), moment(one.window_end, zone, false),
          one.bizdate};
  for (const std::string& value : one.partitions) row.push_back(value.empty() ? "(each row)" : text::printable(value));
  if (sync.column.empty()) return row;
  row.push_back(one.reads_from ? moment(*one.reads_from, zone, false) : "-");
  row.push_back(one.reads_to ? moment(*one.reads_to, zone, false) : "-");
  return row;
}

Row head_of(const Simulation& sync) {
  Row head{"scheduled at", "window start", "window end", "bizdate"};
  for (const std::string& column : sync.partitions) head.push_back(text::printable(column));
  if (sync.column.empty()) return head;
  head.push_back(text::printable(sync.column) + " from");
  head.push_back("to");
  return head;
}

void print_table(const std::vector<Row>& rows) {
  std::vector<std::size_t> widths(rows.front().size());
  for (const Row& row : rows)
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], text::display_width(row[i]));
  for (const Row& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i)
      line += "  " + row[i] + std::string(widths[i] - text::display_width(row[i]), ' ');
    line.resize(line.find_last_not_of(' ') + 1);
    fmt::print(stdout, "{}\n", line);
  }
}

void print_human(const std::vector<Simulation>& syncs) {
  for (const Simulation& sync : syncs) {
    fmt::print(stdout, "{}: {} runs, SCHEDULE {}, {}, tables {}\n", text::printable(sync.sync), sync.instances.size(),
               text::printable(sync.schedule), sync.zone, text::printable(fmt::format("{}", fmt::join(sync.tables, ", "))));
    const types::Zone* zone = types::Zone::find(sync.zone);
    std::vector<Row> rows{head_of(sync)};
    for (const SimulatedInstance& one : sync.instances) rows.push_back(row_of(sync, one, *zone));
    if (!sync.instances.empty()) print_table(rows);
  }
}

int simulate(const SimulateOptions& chosen) {
  check_days(chosen.from, chosen.to);
  const Project project = find_project(".");
  compiler::Options options = compiler_options(chosen.common, project);
  options.from = chosen.from;
  options.to = chosen.to;
  compiler::Result result;
  const auto syncs = compiler::simulate(options, connectors::default_registry(), result);
  result.sink.sort(result.sources);
  report_beside_data(result, chosen.common);
  if (const int code = exit_of(result); code != kOk) return code;
  chosen.common.format == "json" ? print_json(syncs) : print_human(syncs);
  return kOk;
}

}  // namespace

void add_simulate(CLI::App& app, Action& action) {
  CLI::App* command = app.add_subcommand("simulate", "show every run that schedules ask for, with its window; needs no database");
  auto chosen = std::make_shared<SimulateOptions>();
  examples(*command,
           "  syncline simulate --from 2026-11-01 --to 2026-11-30                 every sync of the project\n"
           "  syncline simulate jobs/shop.sync --from 2027-03-28 --to 2027-03-28  the day on which clocks change\n"
           "  syncline simulate --select sync:shop_ods --from 2026-11-20 --to 2026-11-20 --format json");
  add_common(*command, chosen->common, "human|json");
  command->add_option("--from", chosen->from, "first day, by the clock of each sync's schedule")->required()->type_name("DAY");
  command->add_option("--to", chosen->to, "last day, included")->required()->type_name("DAY");
  command->callback([chosen, &action] { action = [chosen] { return simulate(*chosen); }; });
}

}  // namespace syncline::cli
