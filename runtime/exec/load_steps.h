#pragma once
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "runtime/exec/hooks.h"
#include "runtime/exec/increments.h"
#include "runtime/exec/loaders.h"
#include "runtime/exec/run_context.h"
#include "runtime/exec/state_session.h"
#include "runtime/exec/table_job.h"
#include "runtime/exec/window_order.h"
#include "runtime/schedule/schedule.h"

namespace syncline::exec {

/// The units of one target as steps of the scheduler: what may start, what a failure means (redo, split, retry, give up), who is
/// stalled or late.
class LoadSteps : public schedule::StepRunner {
 public:
  /// `windows_at_once`: of one table; 1: one after the other. `target_sessions`: loaders at a time, all units together.
  LoadSteps(RunContext& context, StateSession& state, Loaders& loaders, Increments& increments, Hooks& hooks,
            std::chrono::seconds target_stall, int windows_at_once, int target_sessions);

  schedule::Step add(Unit unit);

  schedule::Start may_start(schedule::Step step) override;
  void run(schedule::Step step) noexcept override;
  std::vector<schedule::Step> account(schedule::Step step) override;
  void dropped(schedule::Step step) override;
  void tick() override;

 private:
  /// One step: written by its worker until the scheduler has reaped it.
  struct Running {
    Unit unit;
    std::unique_ptr<Watch> watch;
    int taken_readers = 1;  ///< sessions of the source that are kept for it
    int readers = 1;        ///< those that its snapshot really has
    int loaders = 1;        ///< sessions of the target that are kept for it
    std::shared_ptr<connectors::Snapshot> snapshot;
    std::optional<UnitFailure> failure;
  };
  Running& running(schedule::Step step);
  std::optional<UnitFailure> load(Running& running);
  std::optional<UnitFailure> load_with(Running& running, std::vector<std::unique_ptr<connectors::Loader>>& loaders);
  [[nodiscard]] int loaders_for(const Unit& unit, int readers) const;
  void make_merged_table(TableJob& job);
  UnitFailure could_not_open(const connectors::ConnectorError& error, const Running& running, Side side) const;

  UnitFailure could_not_settle(const Unsettled& unsettled, const Running& running) const;
  static UnitFailure hook_failed(diag::Diagnostic diagnostic, const Running& running);
  static UnitFailure overtaken(const Running& running);

  std::vector<schedule::Step> after_failure(Unit unit, UnitFailure failure);
  void change_untouched(const Unit& unit);
  std::vector<schedule::Step> next_loads(const Unit& unit);
  [[nodiscard]] bool side_by_side(const TableJob& first) const;
  std::vector<schedule::Step> all_windows(TableJob& first);
  void skip(const TableJob& job, const std::string& why);
  void skip_followers(const TableJob& job, const std::string& why);
  std::vector<schedule::Step> again(std::vector<Unit> units, const std::string& reason);
  void give_up(const Unit& unit, const UnitFailure& failure);
  void interrupted(const Unit& unit);
  void supervise(Running& running);
  [[nodiscard]] std::chrono::seconds stall_timeout(const Unit& unit) const;

  RunContext& context_;
  StateSession& state_;
  Loaders& loaders_;
  Increments& increments_;
  Hooks& hooks_;
  std::chrono::seconds target_stall_;
  const int windows_at_once_;
  const int target_sessions_;
  int loading_ = 0;  ///< of those
  WindowOrder order_;
  int parts_ = 0;     ///< given to loads that share an epoch; each try has its own
  std::mutex mutex_;  ///< guards the map, not its entries
  std::map<schedule::Step, std::unique_ptr<Running>> steps_;
  schedule::Step next_step_ = 0;
  std::map<Sources::Group, int> reading_groups_;
  std::map<std::string, int> reading_sources_;
  std::string lost_target_;  ///< not empty: why nothing more is started on this target
  std::optional<Watch::Clock::time_point> drain_since_;
  Watch::Clock::time_point next_tick_{};
};

}  // namespace syncline::exec
