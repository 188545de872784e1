#include <algorithm>
#include <functional>
#include <random>

#include "runtime/introspect/resolve.h"
#include "stdlib/base/text.h"

namespace syncline::introspect {
namespace {

using connectors::ConnectorError;
using connectors::ErrorKind;

catalog::Unavailable unavailable(const std::string& connection, const ConnectorError& error) {
  return {connection, error.kind == ErrorKind::auth, error.what(), error.help};
}

bool is_about_the_connection(ErrorKind kind) {
  return kind == ErrorKind::transient || kind == ErrorKind::unreachable || kind == ErrorKind::auth;
}

/// Runs a catalogue question; what goes wrong becomes Unavailable.
template <class Question>
auto ask(const std::string& connection, const Question& question) {
  try {
    return question();
  } catch (const ConnectorError& error) {
    catalog::Unavailable problem = unavailable(connection, error);
    problem.connected = !is_about_the_connection(error.kind);
    throw problem;
  }
}

/// One connection: a session of its own, opened at once, each answer asked for at most once.
class LiveCatalog : public catalog::Catalog {
 public:
  LiveCatalog(const connectors::Connector& connector, connectors::ConnectionSpec spec, KnownStore* local)
      : connector_(connector), spec_(std::move(spec)), local_(local) {
    try {
      session_ = connector_.open_introspector(spec_);
    } catch (const ConnectorError& error) {
      throw unavailable(spec_.name, error);
    }
  }

  const connectors::ServerInfo& server() override {
    return cached(server_, [&] { return session_->server(); });
  }
  const std::vector<std::string>& containers() override {
    return cached(containers_, [&] { return session_->containers(); });
  }
  const std::vector<connectors::ListedObject>& objects() override {
    return cached(objects_, [&] {
      std::vector<connectors::ListedObject> objects = session_->list({});
      std::sort(objects.begin(), objects.end(), [](const auto& one, const auto& other) { return one.name < other.name; });
      return objects;
    });
  }

  std::vector<types::TableSchema> describe(const std::vector<types::ObjectName>& names) override {
    std::vector<types::ObjectName> asked;
    for (const auto& name : names) {
      if (described_.find(name) == described_.end()) asked.push_back(name);
    }
    if (!asked.empty()) remember(asked, ask(spec_.name, [&] { return session_->describe(asked); }));
    std::vector<types::TableSchema> found;
    for (const auto& name : names) {
      const auto& known = described_[name];
      if (known) found.push_back(*known);
    }
    return found;
  }

  std::vector<connectors::MissingRight> missing_write_rights(const std::vector<std::string>& containers) override {
    return ask(spec_.name, [&] { return session_->missing_write_rights(containers); });
  }

  std::vector<Managed> managed(const std::vector<types::ObjectName>& names) override {
    if (!spec_.allow_writes) return {};
    std::vector<Managed> found;
    for (const auto& row : ask(spec_.name, [&] { return state().managed(names); })) {
      found.push_back({row.name, row.column_fingerprint, row.object_id, row.rows, row.altered_fingerprint});
    }
    return found;
  }

  std::vector<types::Progress> progress(const std::vector<std::string>& syncs) override {
    if (!spec_.allow_writes) return {};
    return ask(spec_.name, [&] { return state().progress(syncs); });
  }

  std::vector<types::KnownTable> known_tables(const std::vector<std::string>& syncs) override {
    if (!spec_.allow_writes) return {};
    if (!spec_.state_in_target) return local_ != nullptr ? local_->known_tables(syncs) : std::vector<types::KnownTable>{};
    return ask(spec_.name, [&] { return state().known_tables(syncs); });
  }

  [[nodiscard]] connectors::Introspector& session() { return *session_; }

 private:
  template <class Value, class Question>
  const Value& cached(std::optional<Value>& slot, const Question& question) {
    if (!slot) slot = ask(spec_.name, question);
    return *slot;
  }

  void remember(const std::vector<types::ObjectName>& asked, std::vector<types::TableSchema> answers) {
    for (const auto& name : asked) described_[name];
    for (auto& schema : answers) {
      const types::ObjectName name = schema.name;
      described_[name] = std::move(schema);
    }
    // An engine that compares names without case answers with its own spelling.
    for (const auto& name : asked) {
      if (described_[name]) continue;
      for (const auto& schema : answers_spelled_like(name)) described_[name] = schema;
    }
  }

  std::vector<types::TableSchema> answers_spelled_like(const types::ObjectName& name) {
    if (server().table_case == connectors::NameCase::sensitive) return {};
    for (const auto& [known, schema] : described_) {
      const bool same = text::ascii_iequals(known.table, name.table) && text::ascii_iequals(known.container, name.container);
      if (schema && same) return {*schema};
    }
    return {};
  }

  connectors::TargetState& state() {
    if (!state_) state_ = connector_.open_target_state(spec_);
    return *state_;
  }

  const connectors::Connector& connector_;
  connectors::ConnectionSpec spec_;
  KnownStore* local_;
  std::unique_ptr<connectors::Introspector> session_;
  std::unique_ptr<connectors::TargetState> state_;
  std::optional<connectors::ServerInfo> server_;
  std::optional<std::vector<std::string>> containers_;
  std::optional<std::vector<connectors::ListedObject>> objects_;
  std::map<types::ObjectName, std::optional<types::TableSchema>> described_;
};

class LiveCatalogs : public catalog::CatalogProvider {
 public:
  LiveCatalogs(const connectors::Registry& registry, std::map<std::string, plan::Connection> connections, KnownStore* local)
      : registry_(registry), connections_(std::move(connections)), local_(local) {}

  catalog::Catalog& catalog(const std::string& connection) override { return live(connection); }

  bool same_server(const std::string& one, const std::string& other) override {
    if (one == other) return true;
    if (engine_of(one) != engine_of(other)) return false;
    connectors::Introspector& holder = live(one).session();
    connectors::Introspector& seeker = live(other).session();
    return ask(one, [&] {
      const std::string place = holder.place();
      if (!place.empty()) return place == seeker.place();
      const std::uint64_t mark = std::random_device{}() | static_cast<std::uint64_t>(std::random_device{}()) << 32U;
      return holder.hold_mark(mark) && seeker.sees_mark(mark);
    });
  }

 private:
  std::string engine_of(const std::string& connection) const {
    const auto found = connections_.find(connection);
    return found == connections_.end() ? std::string() : found->second.engine;
  }

  LiveCatalog& live(const std::string& connection) {
    const auto failed = failed_.find(connection);
    if (failed != failed_.end()) throw failed->second;
    auto& slot = open_[connection];
    if (slot) return *slot;
    try {
      slot = open(connection);
    } catch (const catalog::Unavailable& problem) {
      failed_.emplace(connection, problem);
      throw;
    }
    return *slot;
  }

  std::unique_ptr<LiveCatalog> open(const std::string& connection) {
    const auto found = connections_.find(connection);
    if (found == connections_.end()) throw catalog::Unavailable{connection, false, "no such connection", "", ""};
    const connectors::Connector* connector = registry_.connector(found->second.engine);
    if (connector == nullptr)
      throw catalog::Unavailable{connection, false, "engine `" + found->second.engine + "` is not built", "", ""};
    try {
      return std::make_unique<LiveCatalog>(*connector, resolve(found->second), local_);
    } catch (const SecretError& error) {
      throw catalog::Unavailable{connection, true, error.message,
                                 "set it where this command runs; a file must belong to you and be readable by you only",
                                 error.reference};
    }
  }

  const connectors::Registry& registry_;
  std::map<std::string, plan::Connection> connections_;
  KnownStore* local_;
  std::map<std::string, std::unique_ptr<LiveCatalog>> open_;
  std::map<std::string, catalog::Unavailable> failed_;
};

}  // namespace

compiler::ProviderFactory live_catalogs(const connectors::Registry& registry, KnownStore* local) {
  return [&registry,
          local](const std::map<std::string, plan::Connection>& connections) -> std::unique_ptr<catalog::CatalogProvider> {
    return std::make_unique<LiveCatalogs>(registry, connections, local);
  };
}

}  // namespace syncline::introspect
