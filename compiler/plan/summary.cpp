#include "compiler/plan/summary.h"

#include <algorithm>

#include "stdlib/base/text.h"

namespace syncline::plan {
namespace {

void count_findings(const Table& table, Summary* summary) {
  for (const diag::Diagnostic& finding : table.findings) {
    if (finding.severity == diag::Severity::error) ++summary->errors;
    if (finding.severity == diag::Severity::warning) ++summary->warnings;
  }
}

const char* counted_as(Action action) {
  switch (action) {
    case Action::create:
      return "to create";
    case Action::replace:
      return "to replace";
    case Action::append:
      return "to append to";
    case Action::merge:
      return "to merge";
    case Action::schema:
      return "schema only";
    case Action::blocked:
      return "blocked";
  }
  return "blocked";
}

std::string rows_text(const Table& table) {
  if (table.source_schema.row_estimate < 0) return {};
  const bool filtered = std::any_of(table.loads.begin(), table.loads.end(), [](const Load& load) { return selects(load); });
  return std::string(filtered ? ", at most " : ", about ") +
         counted(static_cast<std::uint64_t>(table.source_schema.row_estimate), "row");
}

const char* publish_text(const Load& load) {
  if (load.action == Action::create)
    return load.staging == types::Staging::one_transaction ? ", one transaction" : ", staged in chunks";
  switch (load.publish) {
    case types::Publish::rename:
      return ", swapped by rename";
    case types::Publish::in_place:
      return ", replaced in place";
    case types::Publish::insert:
      return ", inserted from staging";
    case types::Publish::merge:
      return ", merged by key";
    case types::Publish::partition:
      return ", partitions replaced";
  }
  return "";
}

}  // namespace

std::string counted(std::uint64_t count, std::string_view singular) {
  return fmt::format("{} {}{}", text::grouped(count), singular, count == 1 ? "" : "s");
}

Summary summarize(const Plan& plan) {
  Summary summary;
  for (const Sync& sync : plan.syncs) {
    for (const Table& table : sync.tables) {
      ++summary.tables;
      ++summary.actions[table.action];
      count_findings(table, &summary);
      for (const diag::Diagnostic& finding : table.findings) summary.adoption |= finding.code == diag::Code::SY8004;
    }
  }
  return summary;
}

bool has_changes(const Plan& plan) {
  const auto changes = [](const Table& table) {
    return table.action != Action::schema || !table.existing || !table.add_columns.empty();
  };
  return std::any_of(plan.syncs.begin(), plan.syncs.end(), [&](const Sync& sync) {
    return !sync.create_containers.empty() || std::any_of(sync.tables.begin(), sync.tables.end(), changes);
  });
}

std::string counts_text(const Summary& summary) {
  std::string text;
  for (const auto& [action, count] : summary.actions) {
    text += (text.empty() ? "" : ", ") + text::grouped(count) + " " + counted_as(action);
  }
  return text.empty() ? "nothing to do" : text;
}

std::string finding_text(const diag::Diagnostic& finding) {
  return std::string(diag::info(finding.code).text) + " " + text::printable(finding.message);
}

std::string way_text(const Table& table) {
  if (table.action == Action::blocked) return "blocked";
  if (table.action == Action::schema) {
    if (!table.existing) return "create, no rows";
    return table.add_columns.empty() ? "nothing to change" : "add " + counted(table.add_columns.size(), "column");
  }
  if (table.loads.empty()) return "up to date";
  std::string text = to_string(table.action) + rows_text(table) + publish_text(table.loads.front());
  if (!table.add_columns.empty()) text += ", " + counted(table.add_columns.size(), "column") + " added";
  if (table.relay) text += ", relayed";
  return text;
}

std::string connection_text(const Plan& plan, const std::string& connection) {
  const auto found = plan.connections.find(connection);
  return found == plan.connections.end() ? connection : found->second.engine + ":" + connection;
}

}  // namespace syncline::plan
