#pragma once
#include <memory>

#include "connectors/api/connector.h"
#include "connectors/sqlite/session.h"

namespace syncline::connectors::sqlite {

std::unique_ptr<TargetState> make_target_state(const ConnectionSpec& spec);
/// Drops staging tables: all of them, or those of one target (sql::target_hash) when `hash` is not empty.
void drop_staging(Database& database, const std::string& hash = {});

}  // namespace syncline::connectors::sqlite
