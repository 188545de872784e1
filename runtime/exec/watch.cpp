#include "runtime/exec/watch.h"

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
  if (reader_ != nullptr) reader_->cancel();
  if (loader_ != nullptr) loader_->cancel();
}

void Watch::attach(connectors::Reader* reader) {
  const std::lock_guard lock(mutex_);
  reader_ = reader;
}

void Watch::attach(connectors::Loader* loader) {
  const std::lock_guard lock(mutex_);
  loader_ = loader;
}

void Watch::cancel_reader() {
  const std::lock_guard lock(mutex_);
  if (reader_ != nullptr) reader_->cancel();
}

}  // namespace syncline::exec
