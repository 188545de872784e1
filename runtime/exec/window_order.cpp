#include "runtime/exec/window_order.h"

#include <thread>

namespace syncline::exec {
namespace {

constexpr std::chrono::milliseconds kTurnLook{10};

}  // namespace

void WindowOrder::add(TableId window, std::optional<TableId> before) {
  const std::lock_guard lock(mutex_);
  entries_[window].before = before;
}

const WindowOrder::Entry* WindowOrder::find(TableId window) const {
  const auto found = entries_.find(window);
  return found == entries_.end() ? nullptr : &found->second;
}

const WindowOrder::Entry* WindowOrder::before(TableId window) const {
  const Entry* own = find(window);
  return own == nullptr || !own->before ? nullptr : find(*own->before);
}

void WindowOrder::set(TableId window, State state) {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(window);
  if (found != entries_.end()) found->second.state = state;
}

bool WindowOrder::may_start(TableId window) const {
  const std::lock_guard lock(mutex_);
  const Entry* first = before(window);
  return first == nullptr || first->state != State::waiting;
}

void WindowOrder::start(TableId window) {
  set(window, State::under_way);
}

bool WindowOrder::under_way(TableId window) const {
  const std::lock_guard lock(mutex_);
  const Entry* own = find(window);
  return own != nullptr && (own->state == State::under_way || own->state == State::open);
}

bool WindowOrder::await_snapshot(TableId window, const Watch& watch) const {
  for (;; std::this_thread::sleep_for(kTurnLook)) {
    if (watch.stopped() != Stop::none) return false;
    const std::lock_guard lock(mutex_);
    const Entry* first = before(window);
    if (first == nullptr || first->state == State::open || first->state == State::published) return true;
    if (first->lost || first->state == State::waiting) return false;
  }
}

void WindowOrder::opened(TableId window) {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(window);
  if (found == entries_.end()) return;
  found->second.state = State::open;
  found->second.opened = ++snapshots_;
}

bool WindowOrder::await_turn(TableId window, const Watch& watch) const {
  for (;; std::this_thread::sleep_for(kTurnLook)) {
    if (watch.stopped() != Stop::none) return false;
    const std::lock_guard lock(mutex_);
    const Entry* first = before(window);
    if (first == nullptr) return true;
    if (first->lost || first->state == State::waiting) return false;
    if (first->state == State::published) return first->opened < find(window)->opened;
  }
}

void WindowOrder::published(TableId window) {
  set(window, State::published);
}

void WindowOrder::failed(TableId window) {
  set(window, State::waiting);
}

void WindowOrder::give_up(TableId window) {
  const std::lock_guard lock(mutex_);
  const auto given = entries_.find(window);
  if (given == entries_.end()) return;
  given->second.lost = true;
  // Windows of one table are added in their order, so those behind come later.
  for (auto at = std::next(given); at != entries_.end(); ++at) {
    const Entry* first = at->second.before ? find(*at->second.before) : nullptr;
    if (first != nullptr && first->lost) at->second.lost = true;
  }
}

bool WindowOrder::lost(TableId window) const {
  const std::lock_guard lock(mutex_);
  const Entry* own = find(window);
  return own != nullptr && own->lost;
}

}  // namespace syncline::exec
