#include "runtime/exec/state_session.h"

#include "runtime/exec/failures.h"

namespace syncline::exec {
namespace {

constexpr int kTries = 5;
constexpr std::chrono::milliseconds kFirstPause{100};

}  // namespace

void StateSession::begin() {
  try {
    open(std::chrono::seconds(0));
  } catch (const connectors::ConnectorError& error) {
    if (error.kind != connectors::ErrorKind::held || wait_.count() == 0) throw;
    waited_ = true;
    open(wait_);
  }
}

void StateSession::open(std::chrono::seconds wait) {
  state_ = connector_.open_target_state(spec_);
  try {
    state_->begin_run(identity_, wait);
  } catch (...) {
    state_.reset();
    throw;
  }
}

bool StateSession::worth_another(const connectors::ConnectorError& error, int tried) {
  if (!redo_helps(error.kind) || tried >= kTries) return false;
  if (!session_survives(error)) state_.reset();
  std::this_thread::sleep_for(kFirstPause * (1 << (tried - 1)));
  return true;
}

void StateSession::end() noexcept {
  if (state_) state_->end_run();
  state_.reset();
}

}  // namespace syncline::exec
