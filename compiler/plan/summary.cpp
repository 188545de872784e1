#include "compiler/plan/summary.h"

#include <algorithm>

#include "stdlib/base/text.h"
#include "stdlib/types/calendar.h"
#include "stdlib/types/zone.h"

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
    case Action::none:
      return "up to date";
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

/// ", window 2026-11-19 00:00 → 2026-11-20 00:00 Asia/Shanghai", or how many there are, from first to last.
std::string windows_text(const Table& table) {
  std::vector<const Load*> windows;
  for (const Load& load : table.loads) {
    if (load.windowed) windows.push_back(&load);
  }
  if (windows.empty()) return {};
  const std::string first = window_text(*windows.front());
  const std::string then = table.loads.front().windowed ? ", " : ", then ";
  if (windows.size() == 1) return then + "window " + first;
  return then + counted(windows.size(), "window") + " from " + first + " to " + window_text(*windows.back());
}

/// ", read in 8 ranges of id by up to 4 sessions"
std::string split_text(const Split& split) {
  std::string names;
  for (const types::Column& column : split.columns) names += (names.empty() ? "" : ", ") + text::printable(column.name);
  return fmt::format(", read in {} ranges of {} by up to {} sessions", split.chunks, names, split.readers);
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
    if (table.action == Action::none) return false;
    if (table.action != Action::blocked && (!table.before.empty() || !table.after.empty())) return true;
    return table.action != Action::schema || !table.existing || !table.add_columns.empty();
  };
  return std::any_of(plan.syncs.begin(), plan.syncs.end(), [&](const Sync& sync) {
    const bool acts = std::any_of(sync.tables.begin(), sync.tables.end(), [](const Table& table) {
      return table.action != Action::none && table.action != Action::blocked;
    });
    if (acts && (!sync.before.empty() || !sync.after.empty())) return true;
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

std::string source_text(const Table& table) {
  const std::string first = types::to_string(table.source);
  return table.members.size() < 2 ? first : first + " and " + text::grouped(table.members.size() - 1) + " more";
}

std::string way_text(const Table& table) {
  if (table.action == Action::blocked) return "blocked";
  if (table.action == Action::schema) {
    if (!table.existing) return "create, no rows";
    return table.add_columns.empty() ? "nothing to change" : "add " + counted(table.add_columns.size(), "column");
  }
  if (table.loads.empty()) return "up to date";
  std::string text = (table.is_new ? "new table: " : "") + std::string(to_string(table.action)) + rows_text(table) +
                     publish_text(table.loads.front());
  if (!table.add_columns.empty()) text += ", " + counted(table.add_columns.size(), "column") + " added";
  if (!table.widen_columns.empty()) text += ", " + counted(table.widen_columns.size(), "column") + " widened";
  const auto reloads = [](const ColumnChange& change) { return change.action == ColumnAction::reload; };
  if (std::any_of(table.column_changes.begin(), table.column_changes.end(), reloads)) text += ", copied anew";
  if (const std::string partitions = types::to_string(table.target_schema.native_partitions); !partitions.empty())
    text += ", PARTITION BY " + text::printable(partitions);
  if (table.relay) text += ", relayed";
  if (table.split) text += split_text(*table.split);
  return text + windows_text(table);
}

std::string hook_text(const Hook& hook) {
  std::string statement;
  for (const char c : hook.text) {
    const bool blank = c == ' ' || c == '\t' || c == '\n' || c == '\r';
    if (blank && (statement.empty() || statement.back() == ' ')) continue;
    statement += blank ? ' ' : c;
  }
  if (!statement.empty() && statement.back() == ' ') statement.pop_back();
  return hook.when + ": " + statement;
}

std::string index_help(const std::string& column) {
  return "make an index at the source that begins with `" + column + "`";
}

expr::Environment instance_environment(expr::Environment run, const Load& load) {
  run.timezone = load.timezone;
  run.parameter = [known = std::move(run.parameter), instance = load.instance](std::string_view name) -> types::Value {
    if (name == "scheduled_at") return types::Timestamp{instance.scheduled_at};
    if (name == "window_start") return types::Timestamp{instance.window.start};
    if (name == "window_end") return types::Timestamp{instance.window.end};
    if (name == "bizdate") return types::Date{instance.bizdate()};
    if (!known) throw expr::EvaluationError("`:" + std::string(name) + "` is not known yet");
    return known(name);
  };
  return run;
}

std::string window_text(const Load& load) {
  const types::Zone* zone = types::Zone::find(load.timezone);
  const auto local = [&](std::int64_t instant) {
    const std::string text = types::format_timestamp(zone != nullptr ? zone->to_local(instant) : instant, 0);
    return text.size() > 16 && text.substr(text.size() - 3) == ":00" ? text.substr(0, text.size() - 3) : text;
  };
  return local(load.instance.window.start) + " → " + local(load.instance.window.end) + " " + load.timezone;
}

std::string instance_text(const Load& load) {
  return load.windowed ? "@" + types::format_timestamp(load.instance.local, 0, 'T').substr(0, 16) : std::string();
}

std::string connection_text(const Plan& plan, const std::string& connection) {
  const auto found = plan.connections.find(connection);
  return found == plan.connections.end() ? connection : found->second.engine + ":" + connection;
}

}  // namespace syncline::plan
