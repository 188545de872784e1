#pragma once
#include <chrono>
#include <cstddef>
#include <deque>
#include <vector>

/// The loop that runs steps side by side. It knows nothing of tables.
namespace syncline::schedule {

using Step = std::size_t;

enum class Start : unsigned char {
  now,
  later,  ///< ask again soon: its turn, its resource or its time has not come
  never,  ///< drop it: `dropped` is told
};

/// What the loop needs from the world. All but `run` are called on the loop's thread.
class StepRunner {
 public:
  virtual ~StepRunner() = default;
  virtual Start may_start(Step step) = 0;
  /// Does the step, on a thread of its own. Must not throw.
  virtual void run(Step step) noexcept = 0;
  /// The step has ended. Returns steps that are to follow: redone, split, retried.
  virtual std::vector<Step> account(Step step) = 0;
  virtual void dropped(Step step) = 0;
  /// Called at least once per `tick`.
  virtual void tick() = 0;
};

/// Runs until nothing waits and nothing runs. Steps start in order, as far as they may.
void run(std::deque<Step> waiting, std::size_t capacity, std::chrono::milliseconds tick, StepRunner& runner);

}  // namespace syncline::schedule
