#pragma once
#include "compiler/pipeline.h"
#include "compiler/plan/plan.h"
#include "connectors/api/connector.h"
#include "runtime/introspect/known_store.h"

namespace syncline::introspect {

/// A secret reference that cannot be resolved: variable not set, file missing or readable by others.
struct SecretError {
  std::string connection;
  std::string reference;
  std::string message;
};

/// `env:NAME` or `file:PATH` (0600 or stricter, owned by us; one trailing newline dropped). Throws SecretError.
Secret resolve_secret(const std::string& connection, const std::string& reference);

/// The plan's connection made ready to open. Throws SecretError.
connectors::ConnectionSpec resolve(const plan::Connection& connection);

/// Live catalogues over the registry's connectors: what compile() is given by the cli. `local` knows the tables of targets that
/// hold no state; null: nobody does. It outlives the catalogues.
compiler::ProviderFactory live_catalogs(const connectors::Registry& registry, KnownStore* local = nullptr);

}  // namespace syncline::introspect
