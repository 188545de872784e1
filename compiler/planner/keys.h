#pragma once
#include "compiler/planner/work.h"

namespace syncline::planner {

/// Foreign keys of the source whose both ends are in this sync go to `source_keys`; the others are SY5023.
void collect_foreign_keys(SyncWork& sync);

/// Names of indexes and keys that are taken in one target container (tables share the name space with indexes in some engines).
class NameSpace {
 public:
  explicit NameSpace(const connectors::EngineInfo& engine) : engine_(&engine) {}
  void reserve(const std::string& container, const std::string& name);
  /// `name`, cut to the engine's limit, and made unique with a hash of `table` when it is taken.
  std::string take(const std::string& container, const std::string& name, const std::string& table);

 private:
  const connectors::EngineInfo* engine_;
  std::set<std::string> taken_;
};

/// Primary key, unique and secondary indexes, CREATE WITH and KEY of a new table; the UPSERT key of every table.
/// Finds SY5005, SY5015, SY5016, SY5021, SY3003, SY3017.
void plan_keys(Context& context, SyncWork& sync, Work& work, NameSpace* names);

/// Some phase merges by key, now or in a later run.
bool upserts(const Work& work);

/// Foreign keys to add after the data, in target names. Needs the shapes of all tables. Finds SY5023.
void plan_foreign_keys(SyncWork& sync, NameSpace* names);

}  // namespace syncline::planner
