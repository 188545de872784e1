#include "runtime/schedule/schedule.h"

#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <thread>

namespace syncline::schedule {
namespace {

/// Threads that run steps, and the steps whose threads are through.
class Workers {
 public:
  explicit Workers(StepRunner& runner) : runner_(runner) {}
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;
  ~Workers() {
    for (auto& [step, thread] : threads_) thread.join();
  }

  [[nodiscard]] std::size_t busy() const { return threads_.size(); }

  void start(Step step) {
    threads_.emplace(step, std::thread([this, step] {
                       runner_.run(step);
                       const std::lock_guard lock(mutex_);
                       finished_.push_back(step);
                       changed_.notify_one();
                     }));
  }

  /// One finished step, or nothing when none ends within `patience`.
  std::optional<Step> reap(std::chrono::milliseconds patience) {
    std::unique_lock lock(mutex_);
    if (!changed_.wait_for(lock, patience, [this] { return !finished_.empty(); })) return std::nullopt;
    const Step step = finished_.front();
    finished_.pop_front();
    lock.unlock();
    threads_[step].join();
    threads_.erase(step);
    return step;
  }

 private:
  StepRunner& runner_;
  std::map<Step, std::thread> threads_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Step> finished_;
};

/// Starts what may start, in order, up to capacity; what never may is dropped.
void start_waiting(std::deque<Step>& waiting, std::size_t capacity, StepRunner& runner, Workers& workers) {
  std::deque<Step> left;
  for (const Step step : waiting) {
    const bool room = workers.busy() < capacity;
    const Start answer = room ? runner.may_start(step) : Start::later;
    if (answer == Start::later) left.push_back(step);
    if (answer == Start::never) runner.dropped(step);
    if (answer == Start::now) workers.start(step);
  }
  waiting.swap(left);
}

}  // namespace

// Start up to capacity, reap one, account for it: until nothing waits and nothing runs.
void run(std::deque<Step> waiting, std::size_t capacity, std::chrono::milliseconds tick, StepRunner& runner) {
  Workers workers(runner);
  while (!waiting.empty() || workers.busy() > 0) {
    start_waiting(waiting, capacity, runner, workers);
    if (const auto step = workers.reap(tick)) {
      for (const Step next : runner.account(*step)) waiting.push_back(next);
    }
    runner.tick();
  }
}

}  // namespace syncline::schedule
