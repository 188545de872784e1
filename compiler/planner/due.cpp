#include "compiler/planner/due.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "compiler/analyze/windows.h"
#include "compiler/plan/summary.h"
#include "stdlib/schedule/timetable.h"
#include "stdlib/types/calendar.h"
#include "stdlib/types/zone.h"

namespace syncline::planner {
namespace {

using schedule::Instance;
using schedule::Window;
using PhaseKind = ast::LoadPhase::Kind;

const ast::LoadPhase* phase(const Work& work, PhaseKind kind) {
  if (!work.policy.load) return nullptr;
  for (const ast::LoadPhase& one : work.policy.load->value.phases) {
    if (one.kind == kind) return &one;
  }
  return nullptr;
}

types::WriteMode mode_of(const ast::LoadPhase& phase) {
  return phase.write ? static_cast<types::WriteMode>(phase.write->mode) : types::WriteMode::recreate;
}

/// What the target says of this unit. A target table that is gone takes its progress with it.
struct Done {
  bool full = false;
  std::optional<std::int64_t> hand_over;
  std::vector<Window> windows;

  /// Recorded, or inside the full copy. `partitioned`: the full copy stands in a partition of its own.
  [[nodiscard]] bool has(const Window& window, bool partitioned) const {
    if (!partitioned && hand_over && window.end <= *hand_over) return true;
    return std::any_of(windows.begin(), windows.end(), [&](const Window& one) { return one == window; });
  }
  [[nodiscard]] std::optional<std::int64_t> first() const {
    if (hand_over) return hand_over;
    std::optional<std::int64_t> earliest;
    for (const Window& window : windows) earliest = std::min(earliest.value_or(window.start), window.start);
    return earliest;
  }
};

Done done_of(const SyncWork& sync, const Work& work) {
  Done done;
  if (!work.existing) return done;
  const std::string unit = types::to_string(work.plan.source);
  for (const types::Progress& one : sync.progress) {
    if (one.unit != unit || one.target != work.plan.target) continue;
    if (one.phase == types::Phase::window) done.windows.push_back({one.lower, one.upper});
    if (one.phase == types::Phase::full) {
      done.full = true;
      done.hand_over = one.lower;
    }
  }
  return done;
}

class Due {
 public:
  Due(Context& context, SyncWork& sync, Work& work, bool anew)
      : context_(context),
        work_(work),
        timetable_(analyze::timetable(context.unit, work.policy)),
        zone_(analyze::zone_of(context.unit, work.policy)),
        done_(anew ? Done() : done_of(sync, work)),
        full_(phase(work, PhaseKind::full)),
        increment_(phase(work, PhaseKind::incremental)) {}

  /// FULL by RECREATE, with all that follows a first copy.
  void reload() {
    recreate_ = true;
    begin(true);
  }

  void list() {
    const bool asked = !context_.options.window.empty() || !context_.options.at.empty() || !context_.options.from.empty();
    if (context_.options.full) {
      begin(false);
    } else if (asked) {
      for (const Instance& one : asked_for()) increment_ != nullptr && increment_->where ? window(one) : whole(one);
    } else if (increment_ == nullptr) {
      full(latest());
    } else if (full_ != nullptr && !done_.full) {
      begin(true);
    } else if (!increment_->where) {
      key(latest());
    } else {
      windows(done_.first());
    }
    if (!work_.plan.loads.empty()) return;
    work_.idle = true;
    increment_ != nullptr && increment_->where ? add(types::Phase::window, *increment_, latest()) : whole(latest());
  }

  /// One increment of now, whatever is done. Among the loads, so that `add` serves.
  [[nodiscard]] std::optional<plan::Load> specimen() {
    if (increment_ == nullptr) return std::nullopt;
    const std::vector<plan::Load> due = std::exchange(work_.plan.loads, {});
    add(increment_->where ? types::Phase::window : types::Phase::key, *increment_, latest());
    plan::Load made = std::move(work_.plan.loads.back());
    work_.plan.loads = due;
    return made;
  }

 private:
  [[nodiscard]] const types::Zone& zone() const {
    const types::Zone* found = types::Zone::find(zone_);
    return found != nullptr ? *found : *types::Zone::find("UTC");
  }

  /// The instance of this moment: the last one that the schedule has triggered.
  Instance latest() const { return at(context_.options.started_at); }

  Instance at(std::int64_t moment) const {
    if (work_.policy.when.value.kind != bound::When::Kind::recurring) return schedule::instance_at(moment, zone());
    const auto found = timetable_.previous(moment + 1);
    return found ? *found : schedule::instance_at(moment, zone());
  }

  [[nodiscard]] bool done(const Window& window) const { return done_.has(window, work_.policy.partition.has_value()); }

  /// Whether a window of the past is something of its own here: rows of an increment, or the partition of a snapshot.
  [[nodiscard]] bool has_windows() const {
    return increment_ != nullptr ? increment_->where.has_value() : work_.policy.partition.has_value();
  }

  std::vector<Instance> asked_for() const {
    const compiler::Options& options = context_.options;
    if (!options.window.empty()) return {schedule::instance_over(schedule::parse_window(options.window, zone()), zone())};
    if (!options.at.empty()) return {at(schedule::parse_moment(options.at, zone()))};
    if (!has_windows()) return {};
    std::vector<Instance> left;
    const Window data =
        schedule::window_of_days(types::parse_date(options.from).value(), types::parse_date(options.to).value(), zone());
    const bool recurring = work_.policy.when.value.kind == bound::When::Kind::recurring;
    for (const Instance& one : (recurring ? timetable_ : schedule::Timetable::daily(zone_)).covering(data)) {
      const bool complete = one.window.end <= options.started_at;
      if (complete && (options.redo || !done(one.window))) left.push_back(one);
    }
    return left;
  }

  void full(const Instance& instance) {
    if (full_ != nullptr) {
      add(types::Phase::full, *full_, instance);
      if (recreate_) work_.plan.loads.back().mode = types::WriteMode::recreate;
      return;
    }
    // `--full` on a table without a FULL phase (LANGUAGE 2.7).
    plan::Load load;
    load.instance = instance;
    load.timezone = zone_;
    load.mode = work_.policy.partition && !recreate_ ? types::WriteMode::overwrite_partition : types::WriteMode::recreate;
    load.records_progress = increment_ != nullptr;
    if (recreate_) {
      work_.reason("all rows that pass FILTER are copied anew by RECREATE");
      return work_.plan.loads.push_back(std::move(load));
    }
    work_.reason(std::string("--full on a table without a FULL phase: all rows that pass FILTER, WRITE ") +
                 (work_.policy.partition ? "OVERWRITE PARTITION" : "RECREATE"));
    work_.plan.loads.push_back(std::move(load));
  }

  /// The phase that a moment without a data window of its own runs.
  void whole(const Instance& instance) {
    if (increment_ != nullptr && !increment_->where) return key(instance);
    if (increment_ != nullptr) return window(instance);
    full(instance);
  }

  void window(const Instance& instance) {
    if (mode_of(*increment_) != types::WriteMode::append || may_append(instance))
      add(types::Phase::window, *increment_, instance);
  }

  /// A window that is done is not appended again, even when it is asked for; one that is done in part cannot be (SY1040).
  bool may_append(const Instance& instance) {
    const Window& wanted = instance.window;
    std::vector<Window> known = done_.windows;
    if (done_.hand_over) known.push_back({std::numeric_limits<std::int64_t>::min(), *done_.hand_over});
    for (const Window& one : known) {
      if (one.start <= wanted.start && wanted.end <= one.end) {
        work_.reason("window " + text_of(wanted) + " is done: APPEND would add its rows again");
        return false;
      }
    }
    for (const Window& one : known) {
      if (one.end <= wanted.start || wanted.end <= one.start) continue;
      throw schedule::InvalidSchedule("window " + text_of(wanted) + " of `" + work_.plan.address +
                                      "` is done in part: WRITE APPEND would add those rows again");
    }
    return true;
  }

  [[nodiscard]] std::string text_of(const Window& window) const {
    plan::Load load;
    load.instance.window = window;
    load.timezone = zone_;
    return plan::window_text(load);
  }

  void key(const Instance& instance) { add(types::Phase::key, *increment_, instance); }

  /// FULL first; the increments begin where it hands over: with the window of its own instance under UP TO FIRST WINDOW, else
  /// behind that window, whose rows it copies too.
  void begin(bool then_windows) {
    const Instance first = latest();
    full(first);
    // A copy that replaces the table takes the rows of its windows away, and what was recorded of them.
    if (types::replaces_rows(work_.plan.loads.back().mode)) done_ = {};
    if (increment_ == nullptr || !increment_->where) return;
    const bool below = full_ != nullptr && full_->up_to_first_window;
    const std::int64_t hand_over = below ? first.window.start : first.window.end;
    work_.plan.loads.back().settled_until = hand_over;
    if (then_windows) windows(hand_over);
  }

  /// Every complete window from `start` on that is not done, oldest first; without a start the latest one only.
  void windows(std::optional<std::int64_t> start) {
    if (!start || work_.policy.when.value.kind != bound::When::Kind::recurring) return from_day(start);
    const Instance last = latest();
    if (last.window.end <= *start) return;
    for (const Instance& one : timetable_.covering({*start, last.window.end})) {
      if (one.window.start >= *start && one.scheduled_at <= last.scheduled_at && !done(one.window)) window(one);
    }
  }

  /// Without a schedule each run counts as daily: whole days up to the one before now.
  void from_day(std::optional<std::int64_t> start) {
    const Instance last = latest();
    if (!start) {
      if (!done(last.window)) window(last);
      return;
    }
    for (const Instance& one : schedule::Timetable::daily(zone_).covering({*start, last.window.end})) {
      if (one.window.start < *start || one.window.end > last.window.end || done(one.window)) continue;
      window(one.window == last.window ? last : schedule::instance_over(one.window, zone()));
    }
  }

  void add(types::Phase phase, const ast::LoadPhase& written, const Instance& instance) {
    plan::Load load;
    load.phase = phase;
    load.mode = mode_of(written);
    load.instance = instance;
    load.timezone = zone_;
    load.windowed = phase == types::Phase::window;
    load.records_progress = increment_ != nullptr;
    if (load.windowed) load.settled_until = instance.window.end;
    work_.plan.loads.push_back(std::move(load));
  }

  Context& context_;
  Work& work_;
  schedule::Timetable timetable_;
  std::string zone_;
  Done done_;
  const ast::LoadPhase* full_;
  const ast::LoadPhase* increment_;
  bool recreate_ = false;  ///< a reload: whatever FULL says
};

}  // namespace

void list_reload(Context& context, SyncWork& sync, Work& work) {
  work.plan.loads.clear();
  Due(context, sync, work, true).reload();
}

void list_loads(Context& context, SyncWork& sync, Work& work, bool anew) {
  if (!work.policy.load || (work.policy.load->value.schema && !context.options.full)) return;
  work.plan.loads.clear();
  work.idle = false;
  try {
    Due due(context, sync, work, anew);
    due.list();
    if (context.options.online) work.plan.specimen = due.specimen();
  } catch (const schedule::InvalidSchedule& invalid) {
    context.script.emit(diag::MomentText(invalid.what()));
    work.plan.loads.assign(1, plan::Load{});
    work.idle = true;
  }
}

bool grows(const Work& work) {
  const bool replaces_parts = work.policy.native_partition && work.first().mode == types::WriteMode::overwrite_partition;
  return phase(work, PhaseKind::incremental) != nullptr || work.policy.partition.has_value() || replaces_parts;
}

const ast::LoadPhase* phase_of(const Work& work, const plan::Load& load) {
  return phase(work, load.phase == types::Phase::full ? PhaseKind::full : PhaseKind::incremental);
}

}  // namespace syncline::planner
