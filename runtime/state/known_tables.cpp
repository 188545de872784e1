#include "runtime/state/known_tables.h"

#include <unistd.h>

#include "runtime/state/database.h"
#include "runtime/state/history.h"

namespace syncline::state {

std::vector<types::KnownTable> LocalKnownTables::known_tables(const std::vector<std::string>& syncs) {
  if (::access((folder_ + "/state.db").c_str(), R_OK) != 0) return {};
  try {
    const Database database = open_state(folder_);
    std::vector<types::KnownTable> entries;
    for (const std::string& sync : syncs) {
      Statement found(database.get(),
                      "SELECT sync, source_container, source_table, container, table_name, shape, run_id FROM known_tables WHERE "
                      "sync = ? ORDER BY source_container, source_table");
      found.bind(sync);
      while (found.step()) {
        entries.push_back(
            {found.text(0), {found.text(1), found.text(2)}, {found.text(3), found.text(4)}, found.text(5), found.text(6)});
      }
    }
    return entries;
  } catch (const StateError&) {
    return {};
  }
}

void LocalKnownTables::remember(const std::vector<types::KnownTable>& entries, const std::vector<types::KnownTable>& forgotten) {
  const Database database = open_state(folder_);
  execute(database.get(), "BEGIN IMMEDIATE");
  for (const types::KnownTable& entry : entries) {
    Statement row(database.get(),
                  "INSERT OR REPLACE INTO known_tables (sync, source_container, source_table, container, table_name, shape, "
                  "run_id) VALUES (?, ?, ?, ?, ?, ?, ?)");
    row.bind(entry.sync).bind(entry.source.container).bind(entry.source.table);
    row.bind(entry.target.container).bind(entry.target.table).bind(entry.shape).bind(entry.run_id).step();
  }
  for (const types::KnownTable& entry : forgotten) {
    Statement row(database.get(), "DELETE FROM known_tables WHERE sync = ? AND source_container = ? AND source_table = ?");
    row.bind(entry.sync).bind(entry.source.container).bind(entry.source.table).step();
  }
  execute(database.get(), "COMMIT");
}

}  // namespace syncline::state
