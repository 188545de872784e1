#include "compiler/catalog/lock.h"
#include "tests/fuzz/fuzz.h"

/// Any text is a lock or is refused at a place inside it. What was read is written so that it is read as the same again.
FUZZ_ONE(bytes) {
  using namespace syncline;
  catalog::Lock lock;
  if (const auto problem = catalog::read_lock(bytes, lock)) {
    fuzz::require(problem->offset <= bytes.size() && !problem->message.empty(), "a problem has a place and a message");
    return;
  }
  const std::string text = catalog::to_text(lock);
  catalog::Lock again;
  fuzz::require(!catalog::read_lock(text, again), "what is written can be read");
  fuzz::require(catalog::to_text(again) == text, "equal locks give equal bytes");
  fuzz::require(catalog::differences(lock, again).empty(), "nothing is lost");
}
