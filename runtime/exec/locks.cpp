#include "runtime/exec/locks.h"

#include <unistd.h>

#include <algorithm>
#include <array>

#include "runtime/exec/run.h"
#include "runtime/introspect/resolve.h"
#include "runtime/observe/clock.h"

namespace syncline::exec {

connectors::RunIdentity identity(const RunOptions& options, const std::string& sync) {
  std::array<char, 256> host{};
  ::gethostname(host.data(), host.size() - 1);
  connectors::RunIdentity made;
  made.run_id = options.run_id;
  made.sync = sync;
  made.host = options.host.empty() ? host.data() : options.host;
  made.pid = options.host.empty() ? ::getpid() : 0;
  made.started_at = observe::wall_text(options.started_at);
  return made;
}

namespace {

bool writes(const plan::Table& table) {
  return table.action != plan::Action::blocked && table.action != plan::Action::none;
}

}  // namespace

bool Locks::take(const plan::Plan& plan, const connectors::Registry& registry, const RunOptions& options) {
  bool waited = false;
  for (const plan::Sync& sync : plan.syncs) {
    const std::string& name = sync.target_connection;
    const connectors::Connector* connector = registry.connector(plan.connections.at(name).engine);
    const auto same = [&](const Held& one) { return one.connection == name; };
    const bool idle = std::none_of(sync.tables.begin(), sync.tables.end(), writes);
    if (connector == nullptr || idle || std::any_of(held_.begin(), held_.end(), same)) continue;
    try {
      Held made{name, std::make_unique<connectors::ConnectionSpec>(introspect::resolve(plan.connections.at(name))), nullptr};
      const auto begin = [&](std::chrono::seconds wait) {
        made.session = std::make_unique<StateSession>(*connector, *made.spec, identity(options, sync.name), wait);
        made.session->begin();
      };
      try {
        begin(std::chrono::seconds(0));
      } catch (const connectors::ConnectorError& error) {
        const bool own = std::string_view(error.what()).find(options.run_id) != std::string_view::npos;
        if (error.kind != connectors::ErrorKind::held || own || options.wait.count() == 0) continue;
        begin(options.wait);
        waited = true;
      }
      held_.push_back(std::move(made));
    } catch (const connectors::ConnectorError&) {
      continue;
    } catch (const introspect::SecretError&) {
      continue;
    }
  }
  return waited;
}

std::unique_ptr<StateSession> Locks::give(const std::string& connection) {
  for (Held& one : held_)
    if (one.connection == connection) return std::move(one.session);
  return nullptr;
}

}  // namespace syncline::exec
