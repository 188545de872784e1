#include "runtime/exec/loaders.h"

namespace syncline::exec {

std::unique_ptr<connectors::Loader> Loaders::take() {
  {
    const std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      auto loader = std::move(idle_.back());
      idle_.pop_back();
      return loader;
    }
  }
  return connector_.open_loader(spec_, run_);
}

void Loaders::give_back(std::unique_ptr<connectors::Loader> loader) {
  const std::lock_guard lock(mutex_);
  idle_.push_back(std::move(loader));
}

}  // namespace syncline::exec
