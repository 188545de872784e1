#include <fmt/format.h>

#include "compiler/bound/bound.h"
#include "compiler/bound/expression_text.h"
#include "stdlib/base/text.h"

namespace syncline::bound {
namespace {

class Writer {
 public:
  explicit Writer(const source::SourceSet& sources) : sources_(sources) {}

  std::string unit(const Unit& unit) {
    line("timezone {}", unit.timezone);
    for (const auto& [name, one] : unit.connections) connection(name, *one);
    for (const auto& [name, one] : unit.parameters) parameter(name, one);
    for (const auto& [name, one] : unit.mappings)
      line("type mapping {} {} -> {} rules {}", name, one.from, one.to, one.rules.size());
    for (const auto& [name, one] : unit.timings)
      line("schedule {} zone {} triggers {}", name, one.schedule.zone, one.triggers.size());
    for (const Sync& one : unit.syncs) sync(one);
    return std::move(text_);
  }

 private:
  template <class... Arguments>
  void line(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
    text_ += fmt::format(format, std::forward<Arguments>(arguments)...) + '\n';
  }

  [[nodiscard]] std::string origin(const Origin& origin) const {
    if (origin.span.source == 0) return "[built-in]";
    const auto position = sources_.position(origin.span.source, origin.span.begin);
    return fmt::format("[{} {}:{}]", origin.level, sources_.name(origin.span.source), position.line);
  }

  [[nodiscard]] std::string origin(const Policy& policy, const char* key) const {
    const auto found = policy.option_origins.find(key);
    return found == policy.option_origins.end() ? "[built-in]" : origin(found->second);
  }

  void connection(const std::string& name, const Connection& one) {
    line("connection {} {}", name, one.plan.engine);
    for (const auto& [key, value] : one.plan.settings) line("  {} = {}", key, value);
    for (const auto& [key, reference] : one.plan.secrets) line("  {} = SECRET '{}'", key, reference);
  }

  void parameter(const std::string& name, const Parameter& one) {
    std::string value = "no value yet";
    if (!one.secret_reference.empty()) value = "SECRET '" + one.secret_reference + "'";
    if (one.computed) value = expr::to_text(*one.computed);
    if (one.known) value = types::to_text(one.value);
    line("parameter {} {} = {}{}", name, expr::to_string(one.type), value,
         one.phase == expr::Phase::plan ? "" : " (at run start)");
  }

  void sync(const Sync& one) {
    line("sync {} {} -> {}", one.name, one.source->plan.name, one.target->plan.name);
    for (const Pattern& pattern : one.include) line("  table {}", to_text(pattern));
    for (const Pattern& pattern : one.except) line("  except {}", to_text(pattern));
    policy(one.policy);
    for (const Override& override_ : one.overrides) this->override_(override_);
  }

  void override_(const Override& one) {
    static const char* const kLevels[] = {"DATABASE", "SCHEMA", "TABLE"};
    std::string patterns;
    for (const Pattern& pattern : one.patterns) patterns += " " + to_text(pattern);
    std::string clauses;
    for (const ast::Clause& clause : one.clauses)
      clauses += std::string(clauses.empty() ? "" : ", ") + ast::to_string(clause.kind);
    line("  override {}{}: {}", kLevels[static_cast<std::size_t>(one.level)], patterns, clauses);
  }

  void policy(const Policy& p) {
    static const char* const kLevels[] = {"DATABASE", "SCHEMA", "TABLE"};
    for (const auto& [level, rule] : p.naming)
      line("  NAMING {} = {} {}", kLevels[static_cast<std::size_t>(level)], to_text(*rule.value), origin(rule.origin));
    if (p.type_mapping) line("  TYPE MAPPING {} {}", p.type_mapping->value, origin(p.type_mapping->origin));
    for (const auto& rule : p.columns) line("  COLUMNS {} {}", to_text(rule.rule), origin(rule.origin));
    if (p.key) line("  KEY ({}) {}", fmt::join(p.key->value, ", "), origin(p.key->origin));
    for (const auto& item : p.create) line("  CREATE WITH {} {}", to_text(item.item), origin(item.origin));
    if (p.filter) line("  FILTER {} {}", to_text(p.filter->value), origin(p.filter->origin));
    if (p.load) load(*p.load);
    if (p.partition) partition(*p.partition);
    if (p.native_partition) native_partition(*p.native_partition);
    if (p.merge_shards) {
      const bool all = p.merge_shards->value == ShardColumns::all;
      line("  MERGE SHARDS {} {}", all ? "UNION COLUMNS" : "REQUIRE SAME COLUMNS", origin(p.merge_shards->origin));
    }
    if (p.split) split(*p.split);
    when(p.when);
    if (p.column_changes) column_changes(*p.column_changes);
    if (!p.new_table.origin.level.empty())
      line("  ON NEW TABLE {} {}", text::upper(plan::to_string(p.new_table.value)), origin(p.new_table.origin));
    if (!p.dropped_table.origin.level.empty())
      line("  ON DROPPED TABLE {} {}", text::upper(plan::to_string(p.dropped_table.value)), origin(p.dropped_table.origin));
    line("  VERIFY {} {}", types::to_string(p.verify.value), origin(p.verify.origin));
    line("  CONSISTENT {} {}", types::to_string(p.consistency.value), origin(p.consistency.origin));
    limits(p);
    errors(p);
    for (const Hook& one : p.hooks) line("  {} {} {}", one.when, one.text, origin(one.origin));
    for (const NotBuilt& one : p.not_built) line("  not built: {}", one.what);
    for (const std::string& note : p.noted) line("  noted: {}", note);
  }

  void load(const Effective<Load>& load) {
    const Load& l = load.value;
    const char* kind = l.schema ? "SCHEMA" : l.full && l.incremental ? "FULL THEN INCREMENTAL" : l.full ? "FULL" : "INCREMENTAL";
    line("  LOAD {} WRITE {} {}", kind, types::to_string(l.mode), origin(load.origin));
  }

  void partition(const Effective<ast::Clause>& partition) {
    std::vector<std::string> columns;
    for (const ast::PartitionColumn& one : partition.value.partition_columns)
      columns.push_back(one.name.text + " = " + to_text(*one.value));
    line("  PARTITION BY ({}) {}", fmt::join(columns, ", "), origin(partition.origin));
  }

  void column_changes(const Effective<ColumnChanges>& changes) {
    std::vector<std::string> events;
    for (const auto& [event, action] : changes.value.actions)
      events.push_back(text::upper(plan::to_string(event)) + " " + text::upper(plan::to_string(action)));
    line("  ON COLUMN CHANGE ({}) {}", fmt::join(events, ", "), origin(changes.origin));
  }

  void split(const Effective<ast::Clause>& split) {
    std::vector<std::string> columns;
    for (const ast::Name& name : split.value.names) columns.push_back(name.text);
    std::string text = columns.empty() ? "OFF" : fmt::format("BY ({})", fmt::join(columns, ", "));
    if (split.value.chunks) text += fmt::format(" INTO {} CHUNKS", *split.value.chunks);
    line("  SPLIT {} {}", text, origin(split.origin));
  }

  void native_partition(const Effective<ast::Clause>& partition) {
    using Form = ast::Clause::PartitionForm;
    const ast::Clause& clause = partition.value;
    std::vector<std::string> columns;
    for (const ast::Name& one : clause.names) columns.push_back(one.text);
    const std::string names = fmt::format("({})", fmt::join(columns, ", "));
    const std::string every = clause.quantity ? " EVERY " + clause.quantity->number + " " + clause.quantity->unit : "";
    const std::string what = clause.partition_form == Form::range  ? "RANGE " + names + every
                             : clause.partition_form == Form::list ? "LIST " + names
                                                                   : "NATIVE";
    line("  PARTITION BY {} {}", what, origin(partition.origin));
  }

  void when(const Effective<When>& when) {
    std::string text =
        when.value.kind == When::Kind::manual ? "MANUAL" : fmt::format("{}", fmt::join(when.value.schedules, ", "));
    if (when.value.kind == When::Kind::once) text = "ONCE" + (when.value.at.empty() ? "" : " AT '" + when.value.at + "'");
    line("  SCHEDULE {} {}", text, origin(when.origin));
  }

  void limits(const Policy& p) {
    const auto& l = p.limits;
    line("  parallel_tables = {} {}", l.parallel_tables, origin(p, "parallel_tables"));
    line("  readers_per_table = {} {}", l.readers_per_table, origin(p, "readers_per_table"));
    line("  source_connections = {} {}", l.source_connections, origin(p, "source_connections"));
    line("  target_connections = {} {}", l.target_connections, origin(p, "target_connections"));
    line("  batch_size = {} B {}", l.batch_bytes, origin(p, "batch_size"));
    line("  page_size = {} {}", l.page_size, origin(p, "page_size"));
    line("  max_row = {} B {}", l.max_row_bytes, origin(p, "max_row"));
  }

  void errors(const Policy& p) {
    const auto& e = p.errors;
    line("  retries = {} {}", e.retries, origin(p, "retries"));
    line("  retry_delay = {} s {}", e.retry_delay.count(), origin(p, "retry_delay"));
    line("  timeout = {} s {}", e.timeout.count(), origin(p, "timeout"));
    line("  on_table_failure = {} {}", e.stop_on_table_failure ? "stop" : "continue", origin(p, "on_table_failure"));
    line("  older_snapshots = {} {}", e.older_snapshots == types::OnOlderSnapshots::fail ? "fail" : "warn",
         origin(p, "older_snapshots"));
    line("  unsettled_source = {} {}", e.accept_unsettled ? "warn" : "fail", origin(p, "unsettled_source"));
    line("  empty_source = {} {}", e.allow_empty_source ? "allow" : "fail", origin(p, "empty_source"));
    line("  zero_dates = {} {}", e.values.zero_dates_null ? "null" : "fail", origin(p, "zero_dates"));
    line("  nul_text = {} {}", e.values.nul_text_strip ? "strip" : "fail", origin(p, "nul_text"));
    line("  non_finite = {} {}", e.values.non_finite_null ? "null" : "fail", origin(p, "non_finite"));
    line("  invalid_enum = {} {}", e.values.invalid_enum_null ? "null" : "fail", origin(p, "invalid_enum"));
  }

  const source::SourceSet& sources_;
  std::string text_;
};

}  // namespace

std::string to_text(const Unit& unit, const source::SourceSet& sources) {
  return Writer(sources).unit(unit);
}

}  // namespace syncline::bound
