#include "connectors/mysql/staged_table.h"

#include "connectors/mysql/ddl.h"
#include "connectors/mysql/dialect.h"
#include "connectors/sql/lists.h"
#include "connectors/sql/newest.h"
#include "connectors/sql/staging_name.h"

namespace syncline::connectors::mysql {
namespace {

std::string next_identity(const StagedTable& table) {
  std::uint64_t next = table.plan->desired.next_identity.value_or(0);
  if (table.keeps_keys) next = std::max(next, table.plan->existing->next_identity.value_or(0));
  return next > 1 ? std::to_string(next) : std::string();
}

bool counts_up(const types::TableSchema& schema) {
  for (const auto& column : schema.columns) {
    if (column.auto_increment) return true;
  }
  return false;
}

/// An empty copy of the existing table, indexes and all; foreign keys and triggers stay behind.
void like_existing(std::vector<std::string>& statements, const StagedTable& table, const std::string& collation) {
  const auto staging = dialect().quote(table.staging);
  statements.push_back("CREATE TABLE " + staging + " LIKE " + dialect().quote(table.plan->existing->name));
  auto altered = alter_columns(*table.plan, table.staging, collation);
  if (!altered.empty()) statements.push_back(std::move(altered));
  const auto next = next_identity(table);
  if (!next.empty() && counts_up(*table.plan->existing))
    statements.push_back("ALTER TABLE " + staging + " AUTO_INCREMENT = " + next);
}

/// Bare columns with exactly the types of the live table; numbered as they arrive when they will be merged by key.
void plain_columns(std::vector<std::string>& statements, const StagedTable& table) {
  const LoadTable& plan = *table.plan;
  std::string create = "CREATE TABLE " + dialect().quote(table.staging);
  if (plan.publish == types::Publish::merge) {
    create += " (" + dialect().quote(std::string_view(sql::arrival_column(plan))) +
              " BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY)";
  }
  create += " ENGINE=InnoDB SELECT " + sql::column_list(dialect(), table.encoder.column_names()) + " FROM " +
            dialect().quote(plan.existing->name) + " LIMIT 0";
  statements.push_back(std::move(create));
}

void from_plan(std::vector<std::string>& statements, const StagedTable& table, const std::string& collation) {
  const LoadTable& plan = *table.plan;
  const Keys keys = plan.staging == types::Staging::one_transaction ? Keys::all : Keys::primary;
  auto create = create_table(plan.desired, table.staging, keys, collation);
  const auto next = next_identity(table);
  if (!next.empty() && counts_up(plan.desired)) create += " AUTO_INCREMENT=" + next;
  statements.push_back(std::move(create));
}

}  // namespace

StagedTable::StagedTable(const LoadTable& load, bool stores_minus_zero)
    : plan(&load),
      staging{load.desired.name.container, sql::staging_name(load)},
      old{load.desired.name.container, sql::old_name(load.epoch, load.desired.name)},
      renames(load.publish == types::Publish::rename || !load.existing.has_value()),
      keeps_keys(load.existing.has_value() && renames && load.mode != types::WriteMode::recreate),
      partitioned(renames && load.desired.native_partitions.grow()),
      encoder(load, stores_minus_zero) {
  arrival = staging;
  if (partitioned) arrival.table = sql::rows_name(load);
}

std::vector<std::string> staging_statements(const StagedTable& table, const std::string& text_collation) {
  std::vector<std::string> statements;
  if (table.keeps_keys) {
    like_existing(statements, table, text_collation);
  } else if (table.renames) {
    from_plan(statements, table, text_collation);
  } else {
    plain_columns(statements, table);
  }
  if (table.partitioned) {
    statements.push_back("CREATE TABLE " + dialect().quote(table.arrival) + " ENGINE=InnoDB SELECT " +
                         sql::column_list(dialect(), table.encoder.column_names()) + " FROM " + dialect().quote(table.staging) +
                         " LIMIT 0");
  }
  return statements;
}

}  // namespace syncline::connectors::mysql
