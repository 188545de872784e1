#pragma once
#include <string>
#include <vector>

#include "connectors/api/target.h"
#include "connectors/mysql/client.h"
#include "connectors/mysql/progress.h"

/// The run state in the target: one database (`state_schema`) with our tables, all named syncline_*. With `state = local` there
/// are none of them: every question then answers "nothing", and nothing is fenced across hosts.
namespace syncline::connectors::mysql {

class Meta {
 public:
  explicit Meta(Connection& connection) : connection_(connection) {}

  [[nodiscard]] bool enabled() const { return connection_.spec().state_in_target; }
  /// Quoted name of a meta table: `table("target")`.
  [[nodiscard]] std::string table(std::string_view suffix) const;
  /// Makes database and tables where missing; ErrorKind::setup with the GRANT in help when it may not.
  void create();
  /// Advisory lock of the whole state.
  [[nodiscard]] std::string run_lock() const;
  /// Takes a lock by which others can tell that this loader session still works, and end it.
  void register_session(const std::string& run_id);
  /// The name of that lock.
  [[nodiscard]] const std::string& session_lock() const { return session_lock_; }

  /// Throws ErrorKind::fenced unless these epochs are still the tables' own. `lock` is appended to the SELECT.
  void check_epochs(const std::vector<const LoadTable*>& tables, const char* lock);
  void add_chunk(const LoadTable& table, std::uint64_t chunk, std::uint64_t rows, std::uint64_t bytes);
  [[nodiscard]] std::uint64_t chunk_rows(const LoadTable& table);

  [[nodiscard]] ProgressTable progress() const { return {connection_, table("progress")}; }

  [[nodiscard]] std::vector<types::KnownTable> known_tables(const std::vector<std::string>& syncs);
  void remember(const std::vector<types::KnownTable>& entries, const std::vector<types::KnownTable>& forgotten);

  /// What a rename will make true, written before it: the swap itself cannot share a transaction with the row.
  void announce_swap(const LoadTable& table, const std::string& fingerprint, std::uint64_t rows);
  void forget_swap(const LoadTable& table) noexcept;
  /// Adds and widens columns of the live table. DDL commits by itself: what it will make of a table of ours is written down
  /// before, so that the table stays ours when the run dies in between. `probe` is the name of an empty copy that tells. What an
  /// earlier try has added is there already.
  void change_live(const LoadTable& table, const types::ObjectName& probe);
  /// Whether all these loads are recorded as done.
  [[nodiscard]] bool is_done(const std::vector<const LoadTable*>& tables);
  void record_done(const LoadTable& table, const std::string& fingerprint, std::uint64_t rows);
  void record_foreign_keys(const types::ObjectName& table, const std::vector<types::ForeignKey>& keys);
  [[nodiscard]] std::vector<types::ForeignKey> recorded_foreign_keys(const types::ObjectName& table);

  /// `container = … AND table_name = …`
  static std::string is_table(const types::ObjectName& name);

 private:
  void announce_change(const LoadTable& table, const std::string& before, const std::string& after);

  Connection& connection_;
  std::string session_lock_;
};

std::string foreign_keys_to_json(const std::vector<types::ForeignKey>& keys);
std::vector<types::ForeignKey> foreign_keys_from_json(const std::string& text);

}  // namespace syncline::connectors::mysql
