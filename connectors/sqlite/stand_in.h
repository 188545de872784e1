#pragma once
#include <memory>
#include <vector>

#include "connectors/api/connector.h"

namespace syncline::connectors::sqlite {

/// A file for a rehearsal (Connector::stand_in): without rows, with the tables, indexes, triggers, views and recorded progress of
/// the file of `spec` where the rehearsal may ask it and it is there, else with `tables`. Its epochs begin anew; staging of other
/// runs is left out. Statements run in it, so that they are told as SQLite takes them. The file goes with what is returned.
std::shared_ptr<void> make_stand_in(ConnectionSpec& spec, const std::vector<types::TableSchema>& tables);

}  // namespace syncline::connectors::sqlite
