#include "runtime/rehearse/rehearse.h"

#include <algorithm>

#include "runtime/exec/run.h"
#include "runtime/rehearse/ends.h"

namespace syncline::rehearse {
namespace {

/// What went wrong is in the outcome.
class NobodyWatches final : public observe::RunObserver {
 public:
  void run_started(const std::string& /*run_id*/, std::size_t /*tables*/) override {}
  void table_changed(const observe::TableProgress& /*table*/) override {}
  void tick(const std::vector<observe::TableProgress>& /*running*/, std::size_t /*done*/, std::size_t /*failed*/,
            std::size_t /*total*/) override {}
  void note(const std::string& /*line*/) override {}
  void run_finished(const observe::RunSummary& /*summary*/) override {}
};

bool is_source_of(const types::KnownTable& known, const plan::Table& table) {
  const auto same = [&](const plan::Table& one) { return one.source == known.source; };
  return known.source.table.empty() || same(table) || std::any_of(table.members.begin(), table.members.end(), same);
}

plan::Sync with_one_table(const plan::Sync& sync, const plan::Table& table) {
  plan::Sync made = sync;
  made.tables = {table};
  std::erase_if(made.create_containers, [&](const std::string& name) { return name != table.target.container; });
  std::erase_if(made.remember, [&](const types::KnownTable& known) { return !is_source_of(known, table); });
  made.forget.clear();
  plan::Table& only = made.tables.front();
  only.limits.parallel_tables = 1;
  only.errors.allow_empty_source = true;  // no row is read
  only.errors.retries = 0;
  return made;
}

/// The plan of this table alone. Secrets are shown by reference.
plan::Plan with_one_table(const plan::Plan& plan, const plan::Sync& sync, const plan::Table& table, const Options& options) {
  plan::Plan made = plan;
  made.syncs = {with_one_table(sync, table)};
  for (const auto& [name, reference] : plan.secret_parameters) made.parameters[name] = "<SECRET '" + reference + "'>";
  made.secret_parameters.clear();
  if (options.asks) return made;
  for (auto& [name, connection] : made.connections) connection.secrets.clear();
  return made;
}

std::vector<End> ends_of(const plan::Sync& sync, const plan::Table& table, const Options& options) {
  const auto server_of = [&](const std::string& connection) {
    const auto found = options.servers.find(connection);
    return found == options.servers.end() ? connectors::ServerInfo() : found->second;
  };
  End source{sync.source_connection, true, server_of(sync.source_connection), {}};
  for (const plan::Table& member : table.members) {
    source.tables.push_back(member.source_schema);
    source.tables.back().name = member.source;
  }
  if (table.members.empty()) {
    source.tables.push_back(table.source_schema);
    source.tables.back().name = table.source;
  }
  End target{sync.target_connection, false, server_of(sync.target_connection), {}};
  if (table.existing) target.tables.push_back(*table.existing);
  return {std::move(source), std::move(target)};
}

Assumptions assumptions_of(const plan::Table& table, const Options& options) {
  Assumptions assumed;
  assumed.now = options.started_at;
  for (const plan::Load& load : table.loads)
    assumed.settled_until = std::max(assumed.settled_until, load.settled_until.value_or(0));
  assumed.made = table.target_schema;
  assumed.made.name = table.target;
  return assumed;
}

/// Ranges are read side by side: here one after the other.
void order_ranges(std::vector<connectors::RehearsedStatement>& statements) {
  const auto is_range = [](const connectors::RehearsedStatement& one) {
    return one.of_source && one.text.find("@split_") != std::string::npos;
  };
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < statements.size(); ++i) {
    if (is_range(statements[i])) places.push_back(i);
  }
  std::vector<connectors::RehearsedStatement> ranges;
  for (const std::size_t place : places) ranges.push_back(statements[place]);
  const auto last_position = [](const connectors::RehearsedStatement& one) {
    const std::string mark = "@split_";
    int least = INT32_MAX;
    int most = 0;
    for (auto at = one.text.find(mark); at != std::string::npos; at = one.text.find(mark, at + 1)) {
      const int number = std::atoi(one.text.c_str() + at + mark.size());
      least = std::min(least, number);
      most = std::max(most, number);
    }
    // The first and the last range have one position each: up to it, and behind it.
    const bool behind = least == most && one.text.find("> @split_") != std::string::npos;
    return std::pair(one.load, 2 * least + (behind ? 1 : 0) + (least == most ? 0 : 1));
  };
  std::stable_sort(ranges.begin(), ranges.end(),
                   [&](const auto& a, const auto& b) { return last_position(a) < last_position(b); });
  for (std::size_t i = 0; i < places.size(); ++i) statements[places[i]] = std::move(ranges[i]);
}

}  // namespace

Rehearsed rehearse(const plan::Plan& plan, const plan::Sync& sync, const plan::Table& table, const connectors::Registry& registry,
                   const Options& options) {
  const plan::Plan only = with_one_table(plan, sync, table, options);
  const auto transcript = std::make_shared<connectors::Transcript>();
  exec::RunOptions run;
  run.run_id = "RUN_ID";
  run.host = "HOST";
  run.started_at = options.started_at;
  run.adopt = options.adopt;
  run.parallel = 1;
  Rehearsed rehearsed;
  {
    const RehearsalRegistry rehearsal(registry, transcript, options.asks, ends_of(sync, table, options),
                                      assumptions_of(table, options));
    exec::Interrupt never;
    NobodyWatches nobody;
    const exec::Outcome outcome = exec::run(only, rehearsal, run, never, nobody);
    for (const diag::Diagnostic& error : outcome.summary.run_errors) rehearsed.errors.push_back(error);
    for (const observe::TableProgress& shown : outcome.summary.tables) {
      for (const diag::Diagnostic& error : shown.errors) rehearsed.errors.push_back(error);
    }
  }
  rehearsed.statements = transcript->statements();
  order_ranges(rehearsed.statements);
  return rehearsed;
}

}  // namespace syncline::rehearse
