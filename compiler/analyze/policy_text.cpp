#include <fmt/format.h>

#include "compiler/analyze/policy_report.h"
#include "compiler/bound/expression_text.h"

namespace syncline::analyze {
namespace {

using ast::Clause;
using ast::ClauseKind;

std::string list_of(const std::vector<ast::Name>& names) {
  std::string text;
  for (const ast::Name& name : names) text += (text.empty() ? "" : ", ") + name.text;
  return text;
}

std::string quantity_text(const ast::Quantity& quantity) {
  return quantity.number + (quantity.unit == "%" || quantity.unit.empty() ? quantity.unit : " " + quantity.unit);
}

std::string condition_text(const ast::Condition& condition) {
  std::string text = bound::to_text(condition);
  if (condition.covers)
    text += " COVERS " + condition.covers->text + " FROM " + bound::to_text(*condition.covers_from) + " TO " +
            bound::to_text(*condition.covers_to);
  return text;
}

std::string assignments_text(const std::vector<ast::Assignment>& assignments) {
  std::string text;
  for (const ast::Assignment& one : assignments)
    text += (text.empty() ? "" : ", ") + one.name.text + " = " + bound::to_text(*one.value);
  return text;
}

const char* write_text(ast::WriteMode mode) {
  switch (mode) {
    case ast::WriteMode::recreate:
      return "RECREATE";
    case ast::WriteMode::truncate:
      return "TRUNCATE";
    case ast::WriteMode::append:
      return "APPEND";
    case ast::WriteMode::upsert:
      return "UPSERT";
    case ast::WriteMode::overwrite_partition:
      return "OVERWRITE PARTITION";
  }
  return "";
}

std::string phase_text(const ast::LoadPhase& phase) {
  using Kind = ast::LoadPhase::Kind;
  std::string text = phase.kind == Kind::schema ? "SCHEMA" : phase.kind == Kind::full ? "FULL" : "INCREMENTAL";
  if (phase.up_to_first_window) text += " UP TO FIRST WINDOW";
  if (!phase.into_partition.empty()) text += " INTO PARTITION (" + assignments_text(phase.into_partition) + ")";
  if (phase.where) text += " WHERE " + condition_text(*phase.where);
  if (!phase.key.empty()) text += " KEY (" + list_of(phase.key) + ")";
  if (phase.lookback) text += " LOOKBACK " + quantity_text(*phase.lookback);
  if (phase.from) text += " FROM " + phase.from->text;
  if (phase.write) text += std::string(" WRITE ") + write_text(phase.write->mode);
  return text;
}

std::string load_text(const Clause& clause) {
  std::string text;
  for (const ast::LoadPhase& phase : clause.phases) text += (text.empty() ? "" : " THEN ") + phase_text(phase);
  return text;
}

std::string partition_text(const Clause& clause) {
  using Form = Clause::PartitionForm;
  const std::string names = "(" + list_of(clause.names) + ")";
  if (clause.partition_form == Form::range)
    return "RANGE " + names + (clause.quantity ? " EVERY " + quantity_text(*clause.quantity) : "");
  if (clause.partition_form == Form::list) return "LIST " + names;
  if (clause.partition_form == Form::native) return "NATIVE $$" + clause.text + "$$";
  std::string text;
  for (const ast::PartitionColumn& one : clause.partition_columns) {
    text += (text.empty() ? "" : ", ") + one.name.text + " " + bound::to_text(one.type) + " = " + bound::to_text(*one.value);
  }
  return "(" + text + ")";
}

std::string schedule_text(const Clause& clause) {
  std::string text = clause.names.empty() ? clause.word : list_of(clause.names);
  if (!clause.text.empty()) text += " AT '" + clause.text + "'";
  if (clause.quantity) text += " STAGGER OVER " + quantity_text(*clause.quantity);
  return text;
}

std::string split_text(const Clause& clause) {
  if (clause.names.empty()) return clause.word;
  return "BY (" + list_of(clause.names) + ")" + (clause.chunks ? fmt::format(" INTO {} CHUNKS", *clause.chunks) : "");
}

std::string depends_text(const Clause& clause) {
  std::string text = list_of(clause.names);
  if (clause.quantity) text += " WAIT UP TO " + quantity_text(*clause.quantity);
  if (!clause.word.empty()) text += " ELSE " + clause.word;
  return text;
}

std::string deletes_text(const Clause& clause) {
  std::string text = clause.word;
  if (clause.quantity) text += " UP TO " + quantity_text(*clause.quantity) + (clause.quantity->unit == "%" ? "" : "%");
  if (!clause.names.empty()) text += " " + list_of(clause.names);
  return text;
}

std::string megabytes(std::uint64_t bytes) {
  return fmt::format("{} MB", bytes >> 20U);
}

}  // namespace

std::string clause_text(const Clause& clause) {
  switch (clause.kind) {
    case ClauseKind::key:
      return "(" + list_of(clause.names) + ")";
    case ClauseKind::partition_by:
      return partition_text(clause);
    case ClauseKind::merge_shards:
      return clause.word == "UNION" ? "UNION COLUMNS" : "REQUIRE SAME COLUMNS";
    case ClauseKind::filter:
      return condition_text(*clause.condition);
    case ClauseKind::load:
      return load_text(clause);
    case ClauseKind::split:
      return split_text(clause);
    case ClauseKind::deletes:
      return deletes_text(clause);
    case ClauseKind::schedule:
      return schedule_text(clause);
    case ClauseKind::depends_on:
      return depends_text(clause);
    case ClauseKind::owner:
      return "'" + clause.text + "'";
    case ClauseKind::type_mapping:
    case ClauseKind::notify:
      return list_of(clause.names);
    default:
      return clause.word;
  }
}

std::vector<OptionDefault> option_defaults(ClauseKind group) {
  const plan::Limits limits;
  const plan::Errors errors;
  const auto count = [](auto number) { return std::to_string(number); };
  if (group == ClauseKind::limits)
    return {{"parallel_tables", count(limits.parallel_tables)},
            {"readers_per_table", count(limits.readers_per_table)},
            {"source_connections", count(limits.source_connections)},
            {"target_connections", count(limits.target_connections)},
            {"page_size", limits.page_size == 0 ? "none" : count(limits.page_size)},
            {"batch_size", megabytes(limits.batch_bytes)},
            {"max_row", megabytes(limits.max_row_bytes)},
            {"read_rate", "none"},
            {"write_rate", "none"},
            {"memory", "none"},
            {"cpu", "none"},
            {"resource_group", "none"}};
  return {{"retries", count(errors.retries)},
          {"retry_delay", count(errors.retry_delay.count()) + " SECONDS"},
          {"timeout", errors.timeout.count() == 0 ? "none" : count(errors.timeout.count()) + " SECONDS"},
          {"max_dirty_rows", "0"},
          {"max_dirty_ratio", "none"},
          {"dirty_rows_to", "none"},
          {"on_table_failure", errors.stop_on_table_failure ? "stop" : "continue"},
          {"zero_dates", errors.values.zero_dates_null ? "null" : "fail"},
          {"nul_text", errors.values.nul_text_strip ? "strip" : "fail"},
          {"non_finite", errors.values.non_finite_null ? "null" : "fail"},
          {"invalid_enum", errors.values.invalid_enum_null ? "null" : "fail"},
          {"empty_source", errors.allow_empty_source ? "allow" : "fail"},
          {"unsettled_source", errors.accept_unsettled ? "warn" : "fail"},
          {"null_keys", "warn"},
          {"older_snapshots", errors.older_snapshots == types::OnOlderSnapshots::fail ? "fail" : "warn"}};
}

}  // namespace syncline::analyze
