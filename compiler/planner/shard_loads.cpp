#include <algorithm>
#include <tuple>

#include "compiler/planner/due.h"
#include "compiler/planner/shards.h"

namespace syncline::planner {
namespace {

using types::Phase;
using types::WriteMode;

/// Loads of several tables with one place are one load of their group; in this order they run.
using LoadPlace = std::tuple<Phase, std::int64_t, std::int64_t, std::int64_t>;

LoadPlace place_of(const plan::Load& load) {
  return {load.phase, load.instance.window.start, load.instance.window.end, load.instance.scheduled_at};
}

const ast::LoadPhase* increments(const Work& work) {
  if (!work.policy.load) return nullptr;
  for (const ast::LoadPhase& phase : work.policy.load->value.phases) {
    if (phase.kind == ast::LoadPhase::Kind::incremental) return &phase;
  }
  return nullptr;
}

class Alignment {
 public:
  Alignment(Context& context, SyncWork& sync, const SyncWork::ShardGroup& group) : context_(context), sync_(sync) {
    for (const std::size_t at : group) {
      if (!sync.tables[at].unplanned) members_.push_back(&sync.tables[at]);
    }
  }

  void run() {
    if (members_.size() < 2 || has_own_clause()) return;
    if (joins_by_partition()) begin_anew();
    std::map<LoadPlace, plan::Load> all;
    for (const Work* member : members_) {
      for (const plan::Load& load : member->plan.loads) {
        if (!member->idle) all.emplace(place_of(load), load);
      }
    }
    if (all.empty()) return;
    for (Work* member : members_) align(*member, all);
    for (std::size_t at = 0; at < all.size(); ++at) spare_the_others(at);
  }

 private:
  Work& leader() { return *members_.front(); }

  /// OVERRIDE may not change for one table what the group does as a whole.
  bool has_own_clause() {
    const auto refuse = [&](const Work& member, const char* clause) {
      finding(sync_, leader(),
              diag::ShardsDiffer(types::to_string(leader().plan.target),
                                 "`" + types::to_string(member.plan.source) + "` has a " + clause + " of its own")
                  .with_help("say it for all tables of the group, or give this one another target with NAMING"));
    };
    const auto differs = [&](const Work& member, const auto& clause) {
      const auto& own = clause(member.policy);
      const auto& first = clause(leader().policy);
      return own.has_value() != first.has_value() || (own && !(own->origin.span == first->origin.span));
    };
    for (const Work* member : members_) {
      const std::size_t before = leader().plan.findings.size();
      if (differs(
              *member, [](const bound::Policy& one) -> const auto& { return one.load; }))
        refuse(*member, "LOAD");
      if (differs(
              *member, [](const bound::Policy& one) -> const auto& { return one.key; }))
        refuse(*member, "KEY");
      if (differs(
              *member, [](const bound::Policy& one) -> const auto& { return one.partition; }))
        refuse(*member, "PARTITION BY");
      if (differs(
              *member, [](const bound::Policy& one) -> const auto& { return one.merge_shards; }))
        refuse(*member, "MERGE SHARDS");
      if (!(member->policy.when.origin.span == leader().policy.when.origin.span)) refuse(*member, "SCHEDULE");
      if (leader().plan.findings.size() > before) return true;
    }
    return false;
  }

  static bool begins(const Work& work) {
    return !work.idle && !work.plan.loads.empty() && work.plan.loads.front().phase == Phase::full;
  }

  /// A table without its full copy joins a group whose increments replace partitions: those hold rows of the others too.
  [[nodiscard]] bool joins_by_partition() const {
    const ast::LoadPhase* written = increments(*members_.front());
    if (written == nullptr || !written->write || written->write->mode != ast::WriteMode::overwrite_partition) return false;
    const auto some = std::count_if(members_.begin(), members_.end(), [](const Work* work) { return begins(*work); });
    return some > 0 && static_cast<std::size_t>(some) < members_.size();
  }

  void begin_anew() {
    leader().reason("a table has joined the group, whose increments replace whole partitions: all its tables are copied anew");
    for (Work* member : members_) list_loads(context_, sync_, *member, true);
  }

  static void align(Work& member, const std::map<LoadPlace, plan::Load>& all) {
    std::vector<plan::Load> aligned;
    for (const auto& [place, any] : all) {
      const auto same = [&, at = place](const plan::Load& load) { return place_of(load) == at; };
      const auto own = std::find_if(member.plan.loads.begin(), member.plan.loads.end(), same);
      const bool due = !member.idle && own != member.plan.loads.end();
      aligned.push_back(due ? *own : any);
      // A partition is replaced as a whole: the rows of all tables go in again.
      aligned.back().takes_part = due || any.mode == WriteMode::overwrite_partition;
    }
    member.plan.loads = std::move(aligned);
    member.idle = false;
  }

  /// A full copy of some tables only: written as increments are, so that the rows of the others stay.
  void spare_the_others(std::size_t at) {
    const auto takes_part = [at](const Work* member) { return member->plan.loads[at].takes_part; };
    const auto some = static_cast<std::size_t>(std::count_if(members_.begin(), members_.end(), takes_part));
    const ast::LoadPhase* written = increments(leader());
    const plan::Load& load = leader().plan.loads[at];
    if (some == members_.size() || load.phase != Phase::full || !types::replaces_rows(load.mode) || !written || !written->write)
      return;
    for (Work* member : members_) member->plan.loads[at].mode = static_cast<WriteMode>(written->write->mode);
    leader().reason(
        fmt::format("{} of {} tables joined later: their rows are added to those of the others", some, members_.size()));
  }

  Context& context_;
  SyncWork& sync_;
  std::vector<Work*> members_;
};

}  // namespace

void align_shard_loads(Context& context, SyncWork& sync) {
  for (const SyncWork::ShardGroup& group : sync.shard_groups) Alignment(context, sync, group).run();
}

}  // namespace syncline::planner
