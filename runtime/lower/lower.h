#pragma once
#include "compiler/plan/plan.h"
#include "connectors/api/registry.h"
#include "connectors/api/source.h"
#include "connectors/api/target.h"
#include "stdlib/expr/evaluate.h"

/// From plan to what connectors take. No decisions: all were made in the plan.
namespace syncline::lower {

connectors::LoadTable load_table(const plan::Table& table, const plan::Load& load, std::int64_t epoch);
/// LOAD SCHEMA: the table alone, no rows.
connectors::LoadTable schema_table(const plan::Table& table);
/// Filter and binds folded with the plan's parameters; what only a run knows (`:run_id`, secrets) stays open.
connectors::ReadRequest read_request(const plan::Table& table, const plan::Load& load, const plan::Plan& plan);
/// The same with every parameter of the run: `environment.parameter` knows PARAMs, `:started_at`, `:run_id` and secrets.
connectors::ReadRequest read_request(const plan::Table& table, const plan::Load& load, const expr::Environment& environment);
/// The partition that a load fills, where it is the same for all its rows.
void set_partition(connectors::LoadTable& made, const plan::Table& table, const plan::Load& load,
                   const expr::Environment& environment);
/// DDL of a table in its target's dialect, as `plan --ddl` shows it.
std::vector<std::string> ddl(const plan::Sync& sync, const plan::Table& table, const plan::Plan& plan,
                             const connectors::Registry& registry);

}  // namespace syncline::lower
