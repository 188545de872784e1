#include <algorithm>

#include "compiler/analyze/context.h"
#include "stdlib/base/hash.h"

namespace syncline::analyze {
namespace {

bool same(const bound::Connection& one, const bound::Connection& other) {
  return one.plan.engine == other.plan.engine && one.plan.settings == other.plan.settings &&
         one.plan.secrets == other.plan.secrets;
}

bool same(const expr::ExprPtr& one, const expr::ExprPtr& other) {
  return one == other || (one && other && expr::to_text(*one) == expr::to_text(*other));
}

bool same(const bound::Parameter& one, const bound::Parameter& other) {
  return one.span == other.span || (one.type == other.type && one.known == other.known && one.value == other.value &&
                                    one.secret_reference == other.secret_reference && same(one.computed, other.computed));
}

class Merger {
 public:
  void add(bound::Unit&& unit) {
    for (auto& [name, connection] : unit.connections) take_connection(name, std::move(connection));
    for (auto& [name, parameter] : unit.parameters) {
      const auto [kept, fresh] = whole_.parameters.emplace(name, parameter);
      if (!fresh && !same(kept->second, parameter)) conflict("parameter", name, parameter.span, kept->second.span);
    }
    for (auto& [name, mapping] : unit.mappings) {
      const auto [kept, fresh] = whole_.mappings.emplace(name, mapping);
      if (!fresh && !(kept->second.span == mapping.span)) conflict("type mapping", name, mapping.span, kept->second.span);
    }
    for (auto& [name, timing] : unit.timings) {
      const auto [kept, fresh] = whole_.timings.emplace(name, timing);
      if (!fresh && !(kept->second.span == timing.span)) conflict("schedule", name, timing.span, kept->second.span);
    }
    for (bound::Sync& sync : unit.syncs) take_sync(std::move(sync));
    take_timezone(unit);
    whole_.not_built.insert(whole_.not_built.end(), unit.not_built.begin(), unit.not_built.end());
    whole_.severities.insert(unit.severities.begin(), unit.severities.end());
    whole_.select_tables = unit.select_tables;
    fingerprints_ += unit.fingerprint;
    first_ = false;
  }

  bound::Unit finish() {
    std::sort(whole_.syncs.begin(), whole_.syncs.end(),
              [](const bound::Sync& a, const bound::Sync& b) { return a.name < b.name; });
    whole_.fingerprint = hash::fast_hex(fingerprints_);
    return std::move(whole_);
  }

 private:
  void conflict(const char* kind, const std::string& name, const source::Span& here, const source::Span& first) {
    whole_.conflicts.push_back(
        diag::DefinedTwice(kind, name)
            .at(here, "another meaning here")
            .also(first, "first defined here")
            .with_help("these scripts are compiled together: INCLUDE one definition in both, or run them one by one"));
  }

  void take_connection(const std::string& name, std::unique_ptr<bound::Connection> connection) {
    auto& kept = whole_.connections[name];
    if (kept && !same(*kept, *connection)) conflict("connection", name, connection->span, kept->span);
    if (kept) {
      doubles_.push_back(std::move(connection));
    } else {
      kept = std::move(connection);
    }
  }

  void take_sync(bound::Sync&& sync) {
    const auto found =
        std::find_if(whole_.syncs.begin(), whole_.syncs.end(), [&](const bound::Sync& one) { return one.name == sync.name; });
    if (found != whole_.syncs.end()) {
      if (!(found->span == sync.span)) conflict("sync", sync.name, sync.span, found->span);
      return;
    }
    sync.source = whole_.connections.at(sync.source->plan.name).get();
    sync.target = whole_.connections.at(sync.target->plan.name).get();
    whole_.syncs.push_back(std::move(sync));
  }

  void take_timezone(const bound::Unit& unit) {
    if (first_) whole_.timezone = unit.timezone;
    if (whole_.timezone == unit.timezone) return;
    whole_.conflicts.push_back(diag::SettingTwice("timezone", "the scripts given")
                                   .with_help("they say `" + whole_.timezone + "` and `" + unit.timezone + "`"));
  }

  bound::Unit whole_;
  std::vector<std::unique_ptr<bound::Connection>> doubles_;  ///< kept until their syncs point elsewhere
  std::string fingerprints_;
  bool first_ = true;
};

}  // namespace

bound::Unit merge(std::vector<Context>& contexts) {
  if (contexts.size() == 1) return std::move(contexts.front().unit);
  Merger merger;
  const bool any = std::any_of(contexts.begin(), contexts.end(), [](const Context& one) { return !one.unit.syncs.empty(); });
  for (Context& context : contexts) {
    if (!any || !context.unit.syncs.empty()) merger.add(std::move(context.unit));
  }
  return merger.finish();
}

}  // namespace syncline::analyze
