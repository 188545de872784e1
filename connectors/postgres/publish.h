#pragma once
#include <string>
#include <vector>

#include "connectors/postgres/loader.h"

namespace syncline::connectors::postgres {

/// Makes the staged rows of a unit visible inside the open transaction. The caller begins and commits.
class Publisher {
 public:
  Publisher(Session& session, const MetaTables& meta, bool records, std::string run_id)
      : session_(session), meta_(meta), records_(records), run_id_(std::move(run_id)) {}

  /// Before a rename swap of staging that was committed earlier: waits until no snapshot is older than `last_commit` (DECISIONS
  /// 1). Notes for the summary when one remains and the plan says warn; ErrorKind::locked when it says fail.
  std::vector<std::string> wait_for_older_snapshots(const std::vector<Piece>& pieces, const std::string& last_commit);
  /// Swaps, inserts or merges every piece, positions identities, records the tables. Waits for locks within the swap timeout,
  /// then ErrorKind::locked naming who holds them.
  void publish(std::vector<Piece>& pieces);

 private:
  struct Waited {
    std::string who;
    bool over = true;
  };
  Waited older_snapshot(const std::string& last_commit);
  void take_locks(const std::vector<Piece>& pieces);
  void lock_and_detach(const std::vector<Piece>& pieces);
  void check_unchanged(const std::vector<Piece>& pieces);
  void detach_foreign_keys(const std::vector<Piece>& pieces);
  void record_foreign_key(const types::ObjectName& child, const types::ForeignKey& key);
  void keep_rights(const std::vector<Piece>& pieces);
  void swap(const std::vector<Piece>& pieces);
  void fill(Piece& piece);
  void move_rows(Piece& piece);
  void replace_rows(Piece& piece);
  void insert_rows(Piece& piece);
  /// DELETEs of the rows that the staged ones replace; each for itself, in any order.
  std::vector<std::string> deletes(const Piece& piece);
  void replace_at_once(Piece& piece, const std::vector<std::string>& deletes);
  void merge_rows(Piece& piece);
  void merge_across_partitions(Piece& piece);
  void keep_newest(const Piece& piece);
  void refuse_changed_identities(const Piece& piece);
  void add_columns(const Piece& piece, bool required);
  void position_identities(const Piece& piece);
  void record(const std::vector<Piece>& pieces);
  std::string holders(const std::vector<Piece>& pieces);

  Session& session_;
  const MetaTables& meta_;
  bool records_;
  std::string run_id_;
};

}  // namespace syncline::connectors::postgres
