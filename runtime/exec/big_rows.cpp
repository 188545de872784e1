#include "runtime/exec/big_rows.h"

namespace syncline::exec {

BigRowPermit& BigRowPermit::instance() {
  static BigRowPermit permit;
  return permit;
}

void BigRowPermit::give_back() {
  {
    const std::lock_guard lock(mutex_);
    taken_ = false;
  }
  free_again_.notify_one();
}

}  // namespace syncline::exec
