#include "runtime/exec/watch.h"

#include <algorithm>

namespace syncline::exec {

Watch::Clock::duration Watch::idle() const {
  if (!flowing_.load(std::memory_order_relaxed)) return Clock::duration::zero();
  return Clock::now().time_since_epoch() - Clock::duration(last_move_.load(std::memory_order_relaxed));
}

void Watch::stop(Stop reason) {
  Stop before = Stop::none;
  const bool first = stop_.compare_exchange_strong(before, reason);
  if (!first && before == Stop::drain && reason == Stop::cancel) stop_.store(Stop::cancel);
  if (reason == Stop::drain) return;
  const std::lock_guard lock(mutex_);
  for (auto* reader : readers_) reader->cancel();
  for (auto* loader : loaders_) loader->cancel();
}

void Watch::attach(connectors::Reader* reader) {
  const std::lock_guard lock(mutex_);
  readers_.push_back(reader);
}

void Watch::detach(connectors::Reader* reader) {
  const std::lock_guard lock(mutex_);
  readers_.erase(std::remove(readers_.begin(), readers_.end(), reader), readers_.end());
}

void Watch::attach(connectors::Loader* loader) {
  const std::lock_guard lock(mutex_);
  loaders_.push_back(loader);
}

void Watch::detach(connectors::Loader* loader) {
  const std::lock_guard lock(mutex_);
  loaders_.erase(std::remove(loaders_.begin(), loaders_.end(), loader), loaders_.end());
}

}  // namespace syncline::exec
