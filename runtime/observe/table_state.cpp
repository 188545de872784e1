#include "runtime/observe/observer.h"

namespace syncline::observe {

const char* to_string(TableState state) {
  switch (state) {
    case TableState::waiting:
      return "waiting";
    case TableState::loading:
      return "loading";
    case TableState::building:
      return "building";
    case TableState::publishing:
      return "publishing";
    case TableState::done:
      return "done";
    case TableState::failed:
      return "failed";
    case TableState::skipped:
      return "skipped";
  }
  return "unknown";
}

}  // namespace syncline::observe
