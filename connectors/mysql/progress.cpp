#include "connectors/mysql/progress.h"

#include <algorithm>
#include <set>
#include <tuple>

#include "connectors/mysql/catalogue.h"
#include "connectors/mysql/dialect.h"
#include "connectors/sql/lists.h"
#include "connectors/sql/progress.h"

namespace syncline::connectors::mysql {
namespace {

std::string columns() {
  return sql::join({sql::kProgressColumns.begin(), sql::kProgressColumns.end()}, ", ");
}

types::Progress record_of(const Row& row) {
  sql::ProgressRow texts;
  for (std::size_t i = 0; i < texts.size(); ++i) texts[i] = row[i].value_or("");
  return sql::progress_of_row(texts);
}

bool same_record(const types::Progress& a, const types::Progress& b) {
  return std::tie(a.sync, a.unit, a.target, a.phase, a.lower, a.upper) ==
         std::tie(b.sync, b.unit, b.target, b.phase, b.lower, b.upper);
}

}  // namespace

std::string ProgressTable::create_statement() const {
  constexpr const char* kName = "varchar(64) NOT NULL";
  return "CREATE TABLE IF NOT EXISTS " + table_ +
         " (owner char(64) NOT NULL, phase varchar(16) NOT NULL, lower_bound bigint NOT NULL, upper_bound bigint NOT NULL, "
         "sync text NOT NULL, unit text NOT NULL, container " +
         kName + ", table_name " + kName +
         ", key_columns longtext NOT NULL, watermark longtext NOT NULL, run_id varchar(64) NOT NULL, row_count bigint NOT NULL, "
         "announced_epoch bigint NOT NULL DEFAULT 0, forgets tinyint NOT NULL DEFAULT 0, recorded_at datetime(6) NULL, "
         "PRIMARY KEY (owner, announced_epoch, phase, lower_bound, upper_bound)) "
         "ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin";
}

void ProgressTable::record(const LoadTable& load) {
  for (const auto& owner : sql::progress_owners(load.progress)) forget(owner, load.forget);
  for (const auto& record : load.progress) put(record, 0, types::Forget::nothing);
}

void ProgressTable::announce(const LoadTable& load) {
  for (const auto& record : load.progress) put(record, load.epoch, load.forget);
}

void ProgressTable::settle(const LoadTable& load) {
  std::vector<AnnouncedProgress> announced;
  for (const auto& record : load.progress) announced.push_back({record, load.epoch, load.forget});
  settle(announced);
}

void ProgressTable::settle(const std::vector<AnnouncedProgress>& announced) {
  std::set<std::string> forgotten;
  for (const auto& [record, epoch, forgets] : announced) {
    const auto owner = sql::progress_owner(record);
    if (forgotten.insert(owner).second) forget(owner, forgets);
  }
  for (const auto& [record, epoch, forgets] : announced) {
    const auto row = sql::progress_row(record);
    erase(row[0], row[1], row[2], row[3], epoch);
    put(record, 0, types::Forget::nothing);
  }
}

void ProgressTable::drop_announced() {
  connection_.execute("DELETE FROM " + table_ + " WHERE announced_epoch <> 0");
}

std::vector<types::Progress> ProgressTable::recorded(const std::vector<std::string>& syncs) {
  std::vector<types::Progress> records;
  for (const Row& row : connection_.look("SELECT " + columns() + " FROM " + table_ + " WHERE announced_epoch = 0 AND " +
                                         value_condition("sync", syncs) + " ORDER BY owner, phase, lower_bound, upper_bound")) {
    records.push_back(record_of(row));
  }
  return records;
}

bool ProgressTable::has(const LoadTable& load) {
  const auto recorded = [this](const types::Progress& record) {
    const auto row = sql::progress_row(record);
    return connection_
        .scalar("SELECT 1 FROM " + table_ + " WHERE owner = " + quote_text(row[0]) +
                " AND announced_epoch = 0 AND phase = " + quote_text(row[1]) + " AND lower_bound = " + row[2] +
                " AND upper_bound = " + row[3] + " AND run_id = " + quote_text(record.run_id))
        .has_value();
  };
  return !load.progress.empty() && std::all_of(load.progress.begin(), load.progress.end(), recorded);
}

std::vector<AnnouncedProgress> ProgressTable::announced() {
  std::vector<AnnouncedProgress> found;
  for (const Row& row :
       connection_.query("SELECT " + columns() + ", announced_epoch, forgets FROM " + table_ + " WHERE announced_epoch <> 0")) {
    const auto at = sql::kProgressColumns.size();
    const auto forgets = static_cast<types::Forget>(std::stoi(row[at + 1].value_or("0")));
    found.push_back({record_of(row), std::stoll(row[at].value_or("0")), forgets});
  }
  return found;
}

void ProgressTable::put(const types::Progress& record, std::int64_t epoch, types::Forget forgets) {
  std::vector<std::string> values;
  std::vector<std::string> sets;
  const auto row = sql::progress_row(record);
  for (std::size_t i = 0; i < row.size(); ++i) {
    const std::string column = sql::kProgressColumns[i];
    values.push_back(quote_text(row[i]));
    if (i >= sql::kProgressKeyColumns) sets.push_back(column + " = VALUES(" + column + ")");
  }
  connection_.execute("INSERT INTO " + table_ + " (" + columns() + ", announced_epoch, forgets, recorded_at) VALUES (" +
                      sql::join(values, ", ") + ", " + std::to_string(epoch) + ", " + std::to_string(static_cast<int>(forgets)) +
                      ", UTC_TIMESTAMP(6)) ON DUPLICATE KEY UPDATE " + sql::join(sets, ", ") +
                      ", forgets = VALUES(forgets), recorded_at = VALUES(recorded_at)");
}

void ProgressTable::forget(const std::string& owner, types::Forget what) {
  if (what == types::Forget::nothing) return;
  for (const Row& row : connection_.query("SELECT phase, lower_bound, upper_bound FROM " + table_ +
                                          " WHERE owner = " + quote_text(owner) + " AND announced_epoch = 0")) {
    const std::string phase = row[0].value_or("");
    if (what == types::Forget::reached && phase == types::to_string(types::Phase::window)) continue;
    erase(owner, phase, row[1].value_or("0"), row[2].value_or("0"), 0);
  }
}

void ProgressTable::erase(const std::string& owner, const std::string& phase, const std::string& lower, const std::string& upper,
                          std::int64_t epoch) {
  connection_.execute("DELETE FROM " + table_ + " WHERE owner = " + quote_text(owner) +
                      " AND announced_epoch = " + std::to_string(epoch) + " AND phase = " + quote_text(phase) +
                      " AND lower_bound = " + lower + " AND upper_bound = " + upper);
}

std::vector<types::Progress> with_announced(std::vector<types::Progress> recorded,
                                            const std::vector<AnnouncedProgress>& announced) {
  for (const auto& [record, epoch, forgets] : announced) {
    if (forgets == types::Forget::nothing) continue;
    const bool all = forgets == types::Forget::everything;
    std::erase_if(recorded, [&, owner = sql::progress_owner(record)](const auto& old) {
      return sql::progress_owner(old) == owner && (all || old.phase != types::Phase::window);
    });
  }
  for (const auto& [record, epoch, forgets] : announced) {
    const auto old = std::find_if(recorded.begin(), recorded.end(),
                                  [&fresh = record](const auto& candidate) { return same_record(candidate, fresh); });
    if (old == recorded.end()) {
      recorded.push_back(record);
    } else {
      *old = record;
    }
  }
  return recorded;
}

}  // namespace syncline::connectors::mysql
