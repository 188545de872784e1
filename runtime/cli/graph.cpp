#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "compiler/pipeline.h"
#include "compiler/plan/summary.h"
#include "connectors/api/registry.h"
#include "runtime/cli/commands.h"
#include "runtime/introspect/resolve.h"
#include "stdlib/base/text.h"

namespace syncline::cli {

namespace {

/// The plan as a graph: a sync, its tables, each table's phases, then the foreign keys. An edge means "must happen after".
struct Graph {
  struct Node {
    std::string id, label, kind;
  };
  struct Edge {
    std::string from, to;
  };
  std::vector<Node> nodes;
  std::vector<Edge> edges;

  std::string add(const std::string& label, const std::string& kind) {
    nodes.push_back({fmt::format("n{}", nodes.size() + 1), label, kind});
    return nodes.back().id;
  }
};

std::vector<std::string> phases_of(const plan::Table& table) {
  if (table.schema_only) return {"schema"};
  std::vector<std::string> phases;
  for (const plan::Load& load : table.loads) {
    phases.insert(phases.end(), {"load", "build"});
    phases.emplace_back(load.publish == types::Publish::rename ? "swap" : types::to_string(load.publish));
  }
  return phases;
}

void add_table(Graph& graph, const plan::Table& table, const std::string& sync_id, const std::string& keys_id) {
  const std::string label = plan::source_text(table) + " → " + types::to_string(table.target);
  std::string previous = graph.add(label, "table");
  graph.edges.push_back({sync_id, previous});
  for (const std::string& phase : phases_of(table)) {
    const std::string id = graph.add(phase, "phase");
    graph.edges.push_back({previous, id});
    previous = id;
  }
  if (!table.foreign_keys.empty()) graph.edges.push_back({previous, keys_id});
}

Graph graph_of(const plan::Plan& plan) {
  Graph graph;
  for (const plan::Sync& sync : plan.syncs) {
    const std::string sync_id = graph.add(sync.name, "sync");
    bool keys = false;
    for (const plan::Table& table : sync.tables)
      keys = keys || (!table.foreign_keys.empty() && table.action != plan::Action::blocked);
    const std::string keys_id = keys ? graph.add("foreign keys", "phase") : "";
    for (const plan::Table& table : sync.tables)
      if (table.action != plan::Action::blocked) add_table(graph, table, sync_id, keys_id);
  }
  return graph;
}

/// Inside double quotes of dot and mermaid: no quote, backslash or control character gets through.
std::string quoted(const std::string& label) {
  std::string out;
  for (const char c : text::printable(label)) {
    if (c == '"')
      out += "#quot;";
    else if (c == '\\')
      out += "\\\\";
    else
      out += c;
  }
  return out;
}

std::string as_dot(const Graph& graph) {
  std::string out = "digraph syncline {\n  rankdir=LR;\n  node [shape=box];\n";
  for (const auto& node : graph.nodes) {
    std::string label = quoted(node.label);
    for (std::size_t at; (at = label.find("#quot;")) != std::string::npos;) label.replace(at, 6, "\\\"");
    out += fmt::format("  {} [label=\"{}\", class=\"{}\"];\n", node.id, label, node.kind);
  }
  for (const auto& edge : graph.edges) out += fmt::format("  {} -> {};\n", edge.from, edge.to);
  return out + "}\n";
}

std::string as_mermaid(const Graph& graph) {
  std::string out = "flowchart LR\n";
  for (const auto& node : graph.nodes) out += fmt::format("  {}[\"{}\"]\n", node.id, quoted(node.label));
  for (const auto& edge : graph.edges) out += fmt::format("  {} --> {}\n", edge.from, edge.to);
  return out;
}

std::string as_json(const Graph& graph) {
  nlohmann::ordered_json out{
      {"version", 1}, {"nodes", nlohmann::ordered_json::array()}, {"edges", nlohmann::ordered_json::array()}};
  for (const auto& node : graph.nodes) out["nodes"].push_back({{"id", node.id}, {"label", node.label}, {"kind", node.kind}});
  for (const auto& edge : graph.edges) out["edges"].push_back({{"from", edge.from}, {"to", edge.to}});
  return out.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

int graph(const Common& common) {
  const Project project = find_project(".");
  const connectors::Registry& registry = connectors::default_registry();
  compiler::Result result;
  compiler::compile(compiler_options(common, project), registry, introspect::live_catalogs(registry), result);
  result.sink.sort(result.sources);
  report_beside_data(result, common);
  if (!result.plan || result.sink.has_errors()) return exit_of(result) == kOk ? kUsage : exit_of(result);
  const Graph made = graph_of(*result.plan);
  fmt::print(stdout, "{}",
             common.format == "json"      ? as_json(made)
             : common.format == "mermaid" ? as_mermaid(made)
                                          : as_dot(made));
  return kOk;
}

}  // namespace

void add_graph(CLI::App& app, Action& action) {
  CLI::App* command = app.add_subcommand("graph", "the plan as a graph: sync, tables, phases and what waits for what");
  auto common = std::make_shared<Common>();
  common->format = "dot";
  examples(*command,
           "  syncline graph shop.sync | dot -Tsvg > shop.svg\n"
           "  syncline graph shop.sync --format mermaid");
  add_common(*command, *common, "dot|mermaid|json");
  command->callback([common, &action] { action = [common] { return graph(*common); }; });
}

}  // namespace syncline::cli
