#include "stdlib/base/failpoint.h"

#include <algorithm>
#include <atomic>
#include <chrono>

#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <mutex>
#include <string>
#include <thread>

namespace syncline {
namespace {

enum class Action { kill, error, stall };

struct Armed {
  Action action = Action::error;
  double seconds = 0;
  std::uint64_t at_hit = 1;
  std::uint64_t hits = 0;
};

struct Registry {
  std::mutex mutex;
  std::map<std::string, Armed, std::less<>> points;
};

Armed parse_action(std::string text) {
  Armed armed;
  const auto at = text.find('@');
  if (at != std::string::npos) {
    armed.at_hit = std::strtoull(text.c_str() + at + 1, nullptr, 10);
    text.resize(at);
  }
  if (text == "kill") armed.action = Action::kill;
  if (text.rfind("stall(", 0) == 0) {
    armed.action = Action::stall;
    armed.seconds = std::strtod(text.c_str() + 6, nullptr);
  }
  return armed;
}

void parse(std::string_view list, Registry& registry) {
  while (!list.empty()) {
    const auto end = std::min(list.find(';'), list.size());
    const auto item = list.substr(0, end);
    const auto equals = item.find('=');
    if (equals != std::string_view::npos)
      registry.points[std::string(item.substr(0, equals))] = parse_action(std::string(item.substr(equals + 1)));
    list.remove_prefix(std::min(end + 1, list.size()));
  }
}

std::atomic<bool> any_armed{false};

Registry& registry() {
  static Registry* instance = [] {
    auto* made = new Registry;
    if (const char* list = std::getenv("SYNCLINE_FAILPOINTS")) parse(list, *made);
    return made;
  }();
  return *instance;
}

const bool read_environment = [] {
  any_armed = !registry().points.empty();
  return true;
}();

void act(const Armed& armed, std::string_view name) {
  switch (armed.action) {
    case Action::kill:
      std::raise(SIGKILL);
      break;
    case Action::error:
      throw FailpointError("failpoint " + std::string(name));
    case Action::stall:
      std::this_thread::sleep_for(std::chrono::duration<double>(armed.seconds));
      break;
  }
}

}  // namespace

void arm_failpoints(std::string_view list) {
  auto& all = registry();
  const std::lock_guard lock(all.mutex);
  all.points.clear();
  parse(list, all);
  any_armed = !all.points.empty();
}

void failpoint(std::string_view name) {
  if (!any_armed.load(std::memory_order_relaxed)) return;
  Armed due;
  {
    auto& all = registry();
    const std::lock_guard lock(all.mutex);
    const auto found = all.points.find(name);
    if (found == all.points.end() || ++found->second.hits != found->second.at_hit) return;
    due = found->second;
  }
  act(due, name);
}

}  // namespace syncline
