#include "compiler/analyze/alignment.h"

#include <fmt/format.h>
#include <algorithm>

#include "compiler/analyze/alignment_findings.h"
#include "compiler/analyze/native_partition.h"
#include "compiler/analyze/overrides.h"
#include "compiler/analyze/policy.h"
#include "compiler/bound/expression_text.h"
#include "stdlib/base/text.h"
#include "stdlib/types/calendar.h"

namespace syncline::analyze {
namespace {

const connectors::EngineInfo& source_of(const bound::Sync& sync) {
  return *sync.source->engine;
}

/// Which phase moves rows window by window, and what chooses them: an increment's WHERE, else the FILTER of a full load that
/// keeps the rows of earlier runs.
void choose_condition(Case& found) {
  const bound::Policy& policy = found.policy;
  if (!policy.load) return;
  found.increment = increment_of(policy);
  const ast::LoadPhase& last = policy.load->value.phases.back();
  if (last.write) found.mode = last.write->mode;
  if (found.increment != nullptr) {
    if (found.increment->where) found.condition = &*found.increment->where;
    return;
  }
  const bool keeps = found.mode != ast::WriteMode::recreate && found.mode != ast::WriteMode::truncate;
  if (keeps && policy.filter && uses_window(found.unit, policy.filter->value, source_of(found.sync)))
    found.condition = &policy.filter->value;
}

/// The unit of a partition value that each row gives: `date(c)`, `trunc(c, 'hour')`, `format(c, '%Y%m%d')` over the bounded
/// column.
std::optional<schedule::Unit> unit_by_row(const ast::Expr& value, const std::string& column) {
  using Unit = schedule::Unit;
  const bool call = value.kind == ast::ExprKind::call || value.kind == ast::ExprKind::cast;
  if (!call || value.args.empty() || value.args[0]->kind != ast::ExprKind::path) return std::nullopt;
  if (!text::ascii_iequals(value.args[0]->path.back().text, column)) return std::nullopt;
  if (value.kind == ast::ExprKind::cast || text::ascii_iequals(value.text, "date")) return Unit::day;
  if (value.args.size() < 2 || value.args[1]->kind != ast::ExprKind::string) return std::nullopt;
  const std::string& argument = value.args[1]->text;
  if (text::ascii_iequals(value.text, "trunc")) return schedule::unit_named(argument);
  if (!text::ascii_iequals(value.text, "format")) return std::nullopt;
  for (const auto& [mark, unit] : {std::pair{"%M", Unit::minute}, {"%H", Unit::hour}, {"%d", Unit::day}, {"%m", Unit::month}}) {
    if (argument.find(mark) != std::string::npos) return unit;
  }
  return Unit::year;
}

class Prover {
 public:
  Prover(const bound::Unit& unit, const compiler::Options& options, diag::Sink& sink)
      : unit_(unit), span_(proved_span(options)), sink_(sink) {}

  void sync(const bound::Sync& sync) {
    policy(sync, sync.policy);
    for (const bound::Override& one : sync.overrides) {
      bound::Policy changed = sync.policy;
      diag::Sink ignored;
      for (const ast::Clause& clause : one.clauses) apply_clause(changed, clause, level_name(one.level), ignored);
      if (std::any_of(one.clauses.begin(), one.clauses.end(), matters)) policy(sync, changed);
    }
  }

 private:
  static bool matters(const ast::Clause& clause) {
    using Kind = ast::ClauseKind;
    return clause.kind == Kind::load || clause.kind == Kind::filter || clause.kind == Kind::partition_by ||
           clause.kind == Kind::schedule;
  }

  void policy(const bound::Sync& sync, const bound::Policy& policy) {
    const std::string zone = zone_of(unit_, policy);
    const types::Zone* clock = types::Zone::find(zone);
    if (clock == nullptr || !policy.load) return;
    Case found{unit_, sync, policy, *clock};
    choose_condition(found);
    if (found.condition != nullptr && !can_be_typed(*found.condition)) return;
    if (found.condition != nullptr) found.bounds = row_bounds(unit_, *found.condition);
    report_words(found, sink_);
    if (!by_window(found)) return;
    auto subject = subject_of(found, zone);
    if (!subject || subject->instances.empty()) return;
    try {
      report(found, *subject);
    } catch (const expr::EvaluationError&) {
      // A value that only the run has, or no value for some instance: nothing can be said before.
    }
  }

  /// A condition with a mistake of its own proves nothing: that is reported elsewhere.
  [[nodiscard]] bool can_be_typed(const ast::Condition& condition) const {
    for (const ast::ExprPtr& part : {condition.portable, condition.covers_from, condition.covers_to}) {
      if (part && !typed(part, expr::Phase::row)) return false;
    }
    return true;
  }

  [[nodiscard]] bool by_window(const Case& found) const {
    const bool condition = found.condition != nullptr && uses_window(unit_, *found.condition, source_of(found.sync));
    return condition || partition_uses_window(unit_, found.policy) || overwrites_increments(found);
  }

  void report(const Case& found, Subject& subject) {
    Proof proof{facts(subject), {}, subject.instances.front()};
    if (subject.bounds.upper_included) {
      subject.bounds.upper_included = false;
      proof.without_end = facts(subject);
    }
    report_facts(found, proof, sink_);
  }

  /// Nothing when an expression cannot be typed: that is reported elsewhere.
  std::optional<Subject> subject_of(const Case& found, const std::string& zone) {
    Subject subject;
    subject.zone = zone;
    subject.clock = &found.clock;
    const RowBounds& bounds = found.bounds;
    if (!bounds.opaque) {
      subject.bounds = {typed(bounds.lower), typed(bounds.upper), bounds.lower_included, bounds.upper_included};
      if ((bounds.lower && !subject.bounds.lower) || (bounds.upper && !subject.bounds.upper)) return std::nullopt;
      if (bounds.lower && !bounds.upper) subject.bounds.upper = window_end();
    }
    if (!add_partitions(found, subject)) return std::nullopt;
    const bool bounded = !bounds.column.empty() && replaces_ranges(found) &&
                         text::ascii_iequals(found.policy.native_partition->value.names.front().text, bounds.column);
    if (bounded) subject.ranges = native_partitions(found.policy.native_partition->value);
    const bound::When& when = found.policy.when.value;
    if (when.kind == bound::When::Kind::recurring) subject.schedules = fmt::format("{}", fmt::join(when.schedules, ","));
    subject.instances = instances(subject.schedules, found.policy);
    return subject;
  }

  bool add_partitions(const Case& found, Subject& subject) {
    if (!found.policy.partition) return true;
    for (const ast::PartitionColumn& column : found.policy.partition->value.partition_columns) {
      const expr::ExprPtr value = typed(column.value, expr::Phase::row);
      if (!value) return false;
      PartitionValue made{column.name.text, value, {}};
      if (value->phase == expr::Phase::row) made = {column.name.text, nullptr, unit_by_row(*column.value, found.bounds.column)};
      subject.partitions.push_back(std::move(made));
    }
    return true;
  }

  [[nodiscard]] expr::ExprPtr typed(const ast::ExprPtr& written, expr::Phase latest = expr::Phase::run) const {
    if (!written) return nullptr;
    Scope scope;
    scope.unit = &unit_;
    scope.latest = latest;
    scope.per_instance = true;
    diag::Sink ignored;
    return type_expression(*written, scope, ignored);
  }

  static expr::ExprPtr window_end() {
    auto made = std::make_shared<expr::Expr>();
    made->op = expr::Op::parameter;
    made->type = expr::Type::timestamp;
    made->phase = expr::Phase::run;
    made->name = "window_end";
    return made;
  }

  /// Syncs of one schedule share their instances,
  const std::vector<schedule::Instance>& instances(const std::string& schedules, const bound::Policy& policy) {
    const auto [found, fresh] = instances_.try_emplace(schedules);
    if (fresh) found->second = timetable(unit_, policy).enumerate(span_.start, span_.end);
    return found->second;
  }

  /// and those of equal expressions what follows.
  Facts facts(const Subject& subject) {
    const auto text_of = [](const expr::ExprPtr& e) { return e ? expr::to_text(*e) : "-"; };
    std::string key = subject.zone + '\n' + subject.schedules + '\n';
    key += text_of(subject.bounds.lower) + '\n' + text_of(subject.bounds.upper);
    key += std::string("\n") + (subject.bounds.lower_included ? "[" : "(") + (subject.bounds.upper_included ? "]" : ")");
    for (const PartitionValue& one : subject.partitions)
      key += '\n' + one.column + '=' + text_of(one.value) + (one.unit ? schedule::to_string(*one.unit) : "");
    if (subject.ranges) key += '\n' + types::to_string(*subject.ranges);
    const auto found = facts_.find(key);
    if (found != facts_.end()) return found->second;
    return facts_.emplace(key, facts_of(subject)).first->second;
  }

  const bound::Unit& unit_;
  schedule::Window span_;
  diag::Sink& sink_;
  std::map<std::string, std::vector<schedule::Instance>> instances_;
  std::map<std::string, Facts> facts_;
};

}  // namespace

schedule::Window proved_span(const compiler::Options& options) {
  return {options.started_at, options.started_at + options.proved_days * types::kMicrosPerDay};
}

void check_alignment(const bound::Unit& unit, const compiler::Options& options, compiler::Result& result) {
  Prover prover(unit, options, result.sink);
  for (const bound::Sync& one : unit.syncs) prover.sync(one);
  check_schedules(unit, options, result);
}

}  // namespace syncline::analyze
