#pragma once
#include "compiler/planner/work.h"

/// Words that all decisions about keys share.
namespace syncline::planner {

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

std::string source_name(const Work& work);
/// SY5003 for a name that is neither a column of the source nor one that the script adds, with the closest of them. `span`: of
/// the name, or of more than it (`alone` false: nothing is offered as a fix).
diag::Diagnostic unknown_column(const Work& work, const std::string& name, const source::Span& span, bool alone = true);

/// Target names of source columns; empty when one is not copied.
std::vector<std::string> target_columns(Work& work, const std::vector<std::string>& source_columns);

std::vector<std::string> columns_of(const types::Index& index);

/// The same names in any order.
bool same_set(std::vector<std::string> one, std::vector<std::string> other, connectors::NameCase rule);

/// Some phase merges by key, now or in a later run.
bool upserts(const Work& work);

}  // namespace syncline::planner
