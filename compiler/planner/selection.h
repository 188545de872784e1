#pragma once
#include <string>
#include <vector>

#include "compiler/planner/work.h"

/// `--select table:PATTERN` and `--table PATTERN`: `sales.orders`, `orders`, `sales.*`, `~'ord.*'`, from the last name level
/// backwards.
namespace syncline::planner {

/// Without patterns everything is selected.
bool is_selected(const types::ObjectName& name, const std::vector<std::string>& patterns, const connectors::ServerInfo& server);

/// SY1026 for each pattern that selects no table of any sync, with what it could have been.
void check_selection(Context& context, const std::vector<SyncWork>& syncs);

}  // namespace syncline::planner
