#include "compiler/analyze/alignment_findings.h"

#include <fmt/format.h>
#include <algorithm>

#include "compiler/analyze/expression_walk.h"
#include "compiler/bound/expression_text.h"
#include "compiler/diag/kinds.h"
#include "stdlib/base/text.h"

namespace syncline::analyze {
namespace {

using Mode = ast::WriteMode;

bool is_inside(const source::Span& inner, const source::Span& outer) {
  return inner.source == outer.source && outer.begin <= inner.begin && inner.end <= outer.end;
}

/// Whether an expression stands as a whole within a span: not put together from a template and its arguments.
bool stands_in(const ast::ExprPtr& expression, const source::Span& span) {
  bool whole = true;
  if (expression) walk(*expression, [&](const ast::Expr& part) { whole = whole && is_inside(part.span, span); });
  return whole;
}

diag::Fix replacement(const source::Span& span, const std::string& text, bool automatic) {
  return {span, text, "replace with `" + text + "`", automatic};
}

/// A bound's own expression where it stands in the comparison, else the comparison.
source::Span span_of(const ast::ExprPtr& bound, const source::Span& comparison) {
  return bound && is_inside(bound->span, comparison) ? bound->span : comparison;
}

bool idempotent(Mode mode) {
  return mode != Mode::append;
}

/// What the findings of one case share.
class Findings {
 public:
  Findings(const Case& found, diag::Sink& sink) : case_(found), sink_(sink) {}

  void words() {
    unused();
    opaque();
    skipped_windows();
    never_late();
    erased_groups();
  }

  void facts(const Proof& proof) {
    const Facts& facts = proof.facts;
    if (case_.condition != nullptr && !case_.bounds.opaque && facts.timed) {
      no_upper_bound(facts, proof.first);
      if (facts.gap) gap(facts);
      if (!end_included(proof) && facts.overlap) overlap(facts);
    }
    const bool repeated = bizdate_repeats(facts);
    if (overwrites_increments(case_)) erased_partition(facts);
    erased_range(facts);
    if (case_.condition != nullptr && !repeated) misplaced_partition(facts);
    shared_with_full(proof);
  }

 private:
  // --- words

  void unused() {
    if (case_.increment == nullptr || !case_.increment->where || case_.increment->where->covers) return;
    const ast::Condition& where = *case_.increment->where;
    if (uses_window(case_.unit, where, *case_.sync.source->engine)) return;
    emit(diag::WindowUnused(case_.sync.name)
             .at(where.span)
             .with_help("bound the column that tells when a row changed: changed >= :window_start AND changed < :window_end"));
  }

  void opaque() {
    const RowBounds& bounds = case_.bounds;
    if (case_.condition == nullptr || !bounds.opaque || !uses_window(case_.unit, *case_.condition, *case_.sync.source->engine))
      return;
    if (bounds.wrapped) return wrapped();
    const char* help = case_.condition->portable ? "write `column >= … AND column < …`, other conditions joined with AND"
                                                 : "add COVERS column FROM :window_start TO :window_end";
    emit(diag::NotProved(case_.sync.name, bounds.why).at(bounds.why_span).with_help(help));
  }

  void wrapped() {
    const ast::Expr& comparison = *case_.bounds.wrapped;
    auto finding = diag::ColumnWrapped(bound::to_text(comparison)).at(comparison.span);
    const auto range = as_range(comparison);
    if (range) {
      const bool automatic = stands_in(case_.bounds.wrapped, comparison.span);
      std::move(finding).with_help("write a range").with_fix(replacement(comparison.span, *range, automatic));
    } else {
      std::move(finding).with_help("compare the column itself, with :window_start and :window_end");
    }
    emit(std::move(finding));
  }

  /// The column inside `date(c)`, `CAST(c AS DATE)`, `trunc(c, 'day')` and how long what they give is.
  static std::optional<std::pair<std::string, std::string>> unwrapped(const ast::Expr& e) {
    const bool call = e.kind == ast::ExprKind::call || e.kind == ast::ExprKind::cast;
    if (!call || e.args.empty() || e.args[0]->kind != ast::ExprKind::path) return std::nullopt;
    const std::string column = bound::to_text(*e.args[0]);
    const bool cast = e.kind == ast::ExprKind::cast && text::ascii_iequals(bound::to_text(*e.type), "date");
    if (cast || (e.kind == ast::ExprKind::call && text::ascii_iequals(e.text, "date")))
      return std::pair{column, std::string("DAY")};
    const bool trunc = e.kind == ast::ExprKind::call && text::ascii_iequals(e.text, "trunc") && e.args.size() == 2;
    if (!trunc || e.args[1]->kind != ast::ExprKind::string || !schedule::unit_named(e.args[1]->text)) return std::nullopt;
    return std::pair{column, text::upper(e.args[1]->text)};
  }

  static std::optional<std::string> as_range(const ast::Expr& e) {
    const auto column = e.args.empty() ? std::nullopt : unwrapped(*e.args[0]);
    if (!column || e.negated) return std::nullopt;
    const std::string& name = column->first;
    const std::string& unit = column->second;
    const auto from = [&](const std::string& value) { return name + " >= " + value; };
    const auto below = [&](const std::string& value) { return name + " < " + value; };
    const auto next = [&](const std::string& value) { return value + " + INTERVAL 1 " + unit; };
    const std::string value = bound::to_text(*e.args[1]);
    if (e.kind == ast::ExprKind::between) return from(value) + " AND " + below(next(bound::to_text(*e.args[2])));
    if (e.text == "=") return from(value) + " AND " + below(next(value));
    if (e.text == ">=") return from(value);
    if (e.text == "<") return below(value);
    if (e.text == "<=") return below(next(value));
    if (e.text == ">") return from(next(value));
    return std::nullopt;
  }

  void skipped_windows() {
    if (!by_window()) return;
    for (const std::string& name : case_.policy.when.value.schedules) {
      const auto found = case_.unit.timings.find(name);
      if (found == case_.unit.timings.end()) continue;
      const bound::Timing& timing = found->second;
      const std::string said = timing.overlap == "SKIP"                                   ? "OVERLAP SKIP"
                               : timing.catch_up == "LATEST" || timing.catch_up == "NONE" ? "CATCH UP " + timing.catch_up
                                                                                          : "";
      if (said.empty()) continue;
      emit(diag::WindowSkipped(case_.sync.name, name, said)
               .at(case_.policy.when.origin.span)
               .also(timing.span, said)
               .with_help("use OVERLAP QUEUE and CATCH UP ALL, which is what windows have when nothing is said"));
    }
  }

  void never_late() {
    const ast::LoadPhase* increment = case_.increment;
    if (increment == nullptr || !increment->lookback || increment->lookback->number != "0") return;
    emit(diag::NeverLate(case_.sync.name)
             .at(increment->lookback->span)
             .with_help("leave LOOKBACK out unless every writer of the source commits in key order"));
  }

  [[nodiscard]] bool by_window() const {
    const bool condition = case_.condition != nullptr && uses_window(case_.unit, *case_.condition, *case_.sync.source->engine);
    return condition || partition_uses_window(case_.unit, case_.policy);
  }

  // --- windows

  void no_upper_bound(const Facts& facts, const schedule::Instance& first) {
    const RowBounds& bounds = case_.bounds;
    if (!bounds.lower || bounds.upper || !bounds.compared) return;
    const std::string missing = bound::to_text(*bounds.compared) + " < :window_end";
    const source::Span end{bounds.lower_span.source, bounds.lower_span.end, bounds.lower_span.end};
    emit(with_trigger(diag::NoUpperBound(bounds.column).at(bounds.lower_span), first)
             .note(fmt::format("found by: run {} also reads what comes after {} while it is late", clock(first.scheduled_at),
                               clock(first.window.end)))
             .with_help("add AND " + missing)
             .with_fix({end, " AND " + missing, "add `AND " + missing + "`", facts.lower_is_window}));
  }

  void gap(const Facts& facts) {
    const Pair& pair = *facts.gap;
    const bool border = pair.read_first.to == pair.read_second.from;
    auto finding = diag::WindowGap(case_.sync.name, case_.bounds.column).at(guilty(facts), border ? "leaves the border out" : "");
    finding = with_trigger(std::move(finding), pair.first);
    const std::string lost = border ? "rows exactly at " + clock(pair.read_first.to)
                                    : "rows from " + clock(pair.read_first.to) + " to " + clock(pair.read_second.from);
    std::move(finding).note(found_by(pair)).with_help(lost + " are never copied" + remedy(facts));
    emit(with_remedy(std::move(finding), facts, border));
  }

  void overlap(const Facts& facts) {
    const Pair& pair = *facts.overlap;
    auto finding = diag::WindowOverlap(case_.sync.name, case_.bounds.column).at(guilty(facts));
    finding = with_trigger(std::move(finding), pair.first);
    const bool again = idempotent(case_.mode);
    if (again) finding.severity = diag::Severity::warning;
    const std::string twice = "rows from " + clock(std::max(pair.read_second.from, pair.read_first.from)) + " to " +
                              clock(std::min(pair.read_first.to, pair.read_second.to)) + " are copied twice";
    std::move(finding).note(found_by(pair)).with_help(twice + (again ? ", which this WRITE can bear" : "") + remedy(facts));
    emit(with_remedy(std::move(finding), facts, false));
  }

  /// SY4008 when nothing but the included end is wrong.
  bool end_included(const Proof& proof) {
    const RowBounds& bounds = case_.bounds;
    const bool twice = proof.facts.touch || proof.facts.overlap;
    if (!twice || !proof.without_end || proof.without_end->gap || proof.without_end->overlap) return false;
    const bool between = bounds.lower_span == bounds.upper_span;
    const Pair& pair = proof.facts.touch ? *proof.facts.touch : *proof.facts.overlap;
    auto finding = diag::EndIncluded(between ? "BETWEEN" : "`<=`").at(bounds.upper_span);
    finding = with_trigger(std::move(finding), pair.first);
    std::move(finding).note(found_by(pair));
    if (!bounds.compared) {
      emit(std::move(finding).with_help("let the end be exclusive"));
      return true;
    }
    const std::string column = bound::to_text(*bounds.compared);
    const std::string upper = column + " < " + bound::to_text(*bounds.upper);
    const std::string text = between ? column + " >= " + bound::to_text(*bounds.lower) + " AND " + upper : upper;
    const bool automatic = stands_in(bounds.upper, bounds.upper_span) && (!between || stands_in(bounds.lower, bounds.lower_span));
    emit(std::move(finding).with_help("let the end be exclusive").with_fix(replacement(bounds.upper_span, text, automatic)));
    return true;
  }

  /// The bound that departs from the window; the schedule when both follow it.
  [[nodiscard]] source::Span guilty(const Facts& facts) const {
    const RowBounds& bounds = case_.bounds;
    if (bounds.upper && (!facts.upper_is_window || !bounds.lower)) return span_of(bounds.upper, bounds.upper_span);
    if (bounds.lower) return facts.lower_is_window ? bounds.lower_span : span_of(bounds.lower, bounds.lower_span);
    return case_.condition->span;
  }

  [[nodiscard]] std::string remedy(const Facts& facts) const {
    if (!case_.bounds.lower) return "; add the lower bound :window_start";
    if (facts.windows_meet && !facts.upper_is_window) return "; use the window end";
    if (facts.windows_meet && !facts.lower_is_window) return "; use the window start";
    if (facts.windows_meet) return "";
    return "; the windows of the schedule do not meet: WINDOW SINCE PREVIOUS TRIGGER on each of its triggers always does";
  }

  diag::Diagnostic with_remedy(diag::Diagnostic finding, const Facts& facts, bool border) const {
    const RowBounds& bounds = case_.bounds;
    if (!facts.windows_meet || !bounds.compared || !bounds.lower || !bounds.upper) return finding;
    const bool deliberate = finding.code == diag::Code::SY4004 && idempotent(case_.mode);
    const auto name = [&](const ast::ExprPtr& bound, const source::Span& comparison, const char* window) {
      if (!stands_in(bound, comparison) || bound->span == comparison) return;
      std::move(finding).with_fix(replacement(bound->span, window, !deliberate));
    };
    if (border && !bounds.lower_included && stands_in(bounds.lower, bounds.lower_span)) {
      const std::string text = bound::to_text(*bounds.compared) + " >= " + bound::to_text(*bounds.lower);
      std::move(finding).with_fix(replacement(bounds.lower_span, text, true));
    } else if (facts.lower_is_window && !facts.upper_is_window) {
      name(bounds.upper, bounds.upper_span, ":window_end");
    } else if (facts.upper_is_window && !facts.lower_is_window) {
      name(bounds.lower, bounds.lower_span, ":window_start");
    }
    return finding;
  }

  // --- partitions

  bool bizdate_repeats(const Facts& facts) {
    if (!facts.shared_bizdate) return false;
    bool any = false;
    const auto look = [&](const ast::ExprPtr& e) {
      if (!e) return;
      walk(*e, [&](const ast::Expr& part) {
        if (part.kind != ast::ExprKind::parameter || !stands_for_bizdate(part.text)) return;
        any = true;
        bizdate(part, *facts.shared_bizdate);
      });
    };
    if (case_.condition != nullptr) {
      look(case_.condition->portable);
      look(case_.condition->covers_from);
      look(case_.condition->covers_to);
    }
    if (case_.policy.partition) {
      for (const auto& column : case_.policy.partition->value.partition_columns) look(column.value);
    }
    return any;
  }

  [[nodiscard]] bool stands_for_bizdate(const std::string& parameter) const {
    if (parameter == "bizdate") return true;
    const auto found = case_.unit.parameters.find(parameter);
    return found != case_.unit.parameters.end() && found->second.computed && names_bizdate(*found->second.computed);
  }

  static bool names_bizdate(const expr::Expr& e) {
    if (e.op == expr::Op::parameter && e.name == "bizdate") return true;
    return std::any_of(e.args.begin(), e.args.end(), [](const auto& one) { return names_bizdate(*one); });
  }

  void bizdate(const ast::Expr& part, const Pair& pair) {
    auto finding = diag::BizdateRepeats(case_.sync.name).at(part.span, "the day before the run");
    finding = with_trigger(std::move(finding), pair.first);
    std::move(finding).note(fmt::format("found by: runs {} and {} both have :bizdate {}, their windows are {} and {}",
                                        clock(pair.first.scheduled_at), clock(pair.second.scheduled_at),
                                        types::to_text(types::Date{pair.first.bizdate()}), window(pair.first),
                                        window(pair.second)));
    const std::string better = "date(:window_start)";
    std::move(finding).with_help("the day of the rows is `" + better + "`");
    if (part.text == "bizdate") std::move(finding).with_fix(replacement(part.span, better, true));
    emit(std::move(finding));
  }

  void erased_partition(const Facts& facts) {
    if (!case_.policy.partition) return;
    const ast::Clause& partition = case_.policy.partition->value;
    if (facts.shared_partition) {
      const Pair& pair = *facts.shared_partition;
      auto finding = diag::PartitionErased(case_.sync.name, partition_names()).at(partition.span, "one value for both runs");
      finding = with_trigger(with_write(std::move(finding)), pair.first);
      std::move(finding)
          .note(fmt::format("found by: run {} writes the rows of {}, run {} replaces them by those of {}",
                            clock(pair.first.scheduled_at), rows(pair.read_first), clock(pair.second.scheduled_at),
                            rows(pair.read_second)))
          .with_help(
              "partition as finely as the windows, for example with another column hour STRING = format(:window_start, '%H'), or "
              "WRITE UPSERT");
      return emit(std::move(finding));
    }
    if (!facts.off_boundary) return;
    const OffBoundary& off = *facts.off_boundary;
    auto finding = diag::PartitionErased(case_.sync.name, "`" + off.column + "`")
                       .at(partition.span, std::string("one partition for each ") + schedule::to_string(off.unit));
    finding = with_trigger(with_write(std::move(finding)), off.instance);
    std::move(finding)
        .note(fmt::format("found by: run {} reads {}, only a part of the partitions that it replaces",
                          clock(off.instance.scheduled_at), rows(off.read)))
        .with_help("let windows begin and end where partitions do, or WRITE UPSERT");
    emit(std::move(finding));
  }

  /// The rows of one listed value or one range are replaced together: all of them must lie in one window, so the partitions must
  /// hang on the column that the windows bound.
  void erased_groups() {
    const auto& native = case_.policy.native_partition;
    if (!native || case_.mode != Mode::overwrite_partition) return;
    const bool ranges = replaces_ranges(case_);
    if (!ranges && native->value.partition_form != ast::Clause::PartitionForm::list) return;
    const bool by_key = case_.increment != nullptr && !case_.increment->where;
    if (!by_key && (case_.condition == nullptr || case_.bounds.opaque || case_.bounds.column.empty())) return;
    std::vector<std::string> names;
    for (const ast::Name& name : native->value.names) {
      if (!by_key && text::ascii_iequals(name.text, case_.bounds.column)) return;
      names.push_back("`" + name.text + "`");
    }
    auto finding = diag::PartitionErased(case_.sync.name, fmt::format("{}", fmt::join(names, ", ")))
                       .at(native->value.span, ranges ? "one partition for each range" : "one partition for each value");
    finding = with_write(std::move(finding));
    emit(std::move(finding).with_help(by_key ? "WRITE UPSERT keeps the rows that came before"
                                             : (ranges ? "take `" : "list `") + case_.bounds.column +
                                                   "`, which the windows bound, or WRITE UPSERT"));
  }

  void erased_range(const Facts& facts) {
    if (!facts.off_range || !facts.timed || case_.bounds.opaque) return;
    const auto& native = *case_.policy.native_partition;
    const OffRange& off = *facts.off_range;
    auto finding = diag::PartitionErased(case_.sync.name, "`" + case_.bounds.column + "`")
                       .at(native.value.span, "one partition for each range");
    finding = with_trigger(with_write(std::move(finding)), off.instance);
    std::move(finding)
        .note(fmt::format("found by: run {} reads {}, only a part of the ranges that it replaces",
                          clock(off.instance.scheduled_at), rows(off.read)))
        .with_help("let windows begin and end where ranges do, or WRITE UPSERT");
    emit(std::move(finding));
  }

  void misplaced_partition(const Facts& facts) {
    if (!facts.misplaced || !facts.timed || case_.bounds.opaque) return;
    const Misplaced& wrong = *facts.misplaced;
    auto finding =
        diag::PartitionMisplaced(rows(wrong.read), "`" + wrong.column + "` = " + wrong.value).at(value_span(wrong.column));
    if (wrong.varies && case_.mode == Mode::overwrite_partition) finding.severity = diag::Severity::error;
    finding = with_trigger(std::move(finding), wrong.instance);
    std::move(finding)
        .also(case_.condition->span, "which rows")
        .note("found by: run " + clock(wrong.instance.scheduled_at))
        .with_help("name the unit that is read, for example from :window_start");
    emit(std::move(finding));
  }

  void shared_with_full(const Proof& proof) {
    const auto& phases = case_.policy.load->value.phases;
    const bool overwrites = case_.increment != nullptr && overwrites_increments(case_) && phases.size() == 2;
    if (!overwrites || !phases.front().into_partition.empty() || proof.facts.by_row ||
        !partition_uses_window(case_.unit, case_.policy))
      return;
    auto finding = diag::FullSharesPartition(case_.sync.name, partition_names()).at(phases.front().span);
    std::move(finding)
        .also(case_.policy.partition->value.span, "the full load takes the values of its run")
        .note(fmt::format("found by: run {} loads all rows into the partition of {}", clock(proof.first.scheduled_at),
                          window(proof.first)))
        .with_help(
            "a later `backfill --redo` of that window replaces the full copy; give it a place of its own: INTO PARTITION (…)");
    emit(std::move(finding));
  }

  [[nodiscard]] std::string partition_names() const {
    std::vector<std::string> names;
    for (const auto& column : case_.policy.partition->value.partition_columns) names.push_back("`" + column.name.text + "`");
    return fmt::format("{}", fmt::join(names, ", "));
  }

  [[nodiscard]] source::Span value_span(const std::string& column) const {
    const ast::Clause& partition = case_.policy.partition->value;
    for (const auto& one : partition.partition_columns) {
      if (one.name.text == column) return one.value->span;
    }
    return partition.span;
  }

  // --- words of findings

  diag::Diagnostic with_write(diag::Diagnostic finding) const {
    const auto& write = case_.policy.load->value.phases.back().write;
    if (write) std::move(finding).also(write->span, "replaces the whole partition");
    return finding;
  }

  diag::Diagnostic with_trigger(diag::Diagnostic finding, const std::optional<schedule::Instance>& instance) const {
    const bound::When& when = case_.policy.when.value;
    if (!instance || instance->schedule >= when.schedules.size()) return finding;
    const auto timing = case_.unit.timings.find(when.schedules[instance->schedule]);
    if (timing == case_.unit.timings.end() || instance->trigger >= timing->second.triggers.size()) return finding;
    std::move(finding).also(timing->second.triggers[instance->trigger],
                            "run " + clock(instance->scheduled_at) + " owns " + window(*instance));
    return finding;
  }

  [[nodiscard]] std::string found_by(const Pair& pair) const {
    return fmt::format("found by: run {} reads up to {}, run {} starts at {}", clock(pair.first.scheduled_at),
                       clock(pair.read_first.to), clock(pair.second.scheduled_at), clock(pair.read_second.from));
  }

  [[nodiscard]] std::string clock(std::int64_t instant) const { return clock_text(instant, case_.clock); }
  [[nodiscard]] std::string rows(const Stretch& read) const { return stretch_text(read.from, read.to, case_.clock); }
  [[nodiscard]] std::string window(const schedule::Instance& one) const {
    return stretch_text(one.window.start, one.window.end, case_.clock);
  }

  void emit(diag::Diagnostic finding) {
    finding.sync = case_.sync.name;
    sink_.emit(std::move(finding));
  }

  const Case& case_;
  diag::Sink& sink_;
};

}  // namespace

bool replaces_ranges(const Case& found) {
  const auto& native = found.policy.native_partition;
  return native && native->value.partition_form == ast::Clause::PartitionForm::range && found.mode == Mode::overwrite_partition;
}

bool overwrites_increments(const Case& found) {
  const bool moves = found.increment != nullptr || found.condition != nullptr;
  return moves && found.mode == Mode::overwrite_partition && found.policy.partition &&
         !found.policy.partition->value.partition_columns.empty();
}

void report_words(const Case& found, diag::Sink& sink) {
  Findings(found, sink).words();
}

void report_facts(const Case& found, const Proof& proof, diag::Sink& sink) {
  Findings(found, sink).facts(proof);
}

}  // namespace syncline::analyze
