#pragma once
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "connectors/api/target.h"
#include "connectors/postgres/copy_encoder.h"
#include "connectors/postgres/error_map.h"
#include "connectors/postgres/meta.h"
#include "connectors/postgres/partitions.h"
#include "connectors/postgres/sent_keys.h"
#include "connectors/postgres/session.h"

namespace syncline::connectors::postgres {

/// One table of the unit on its way.
struct Piece {
  const LoadTable* load = nullptr;
  types::ObjectName staging;  ///< where rows go: staging, or the target itself when it is new and made in this transaction
  types::ObjectName arrival;  ///< where COPY puts rows: staging; a plain table before it where staging has partitions
  std::vector<StagedPartition> partitions;  ///< of staging
  bool numbered = false;                    ///< staging counts its rows as they arrive
  bool direct = false;                      ///< `staging` is the target's own name
  StagedRows rows;
  std::uint64_t published = 0;

  /// Rows arrive in a plain table and move on into partitions when all are there.
  [[nodiscard]] bool partitioned() const {
    return publish() == types::Publish::rename && load->desired.native_partitions.kind != types::NativePartitions::Kind::none;
  }
  /// Rename also stands for every other way when there is no table yet.
  [[nodiscard]] types::Publish publish() const { return load->existing ? load->publish : types::Publish::rename; }
};

/// Loads units through COPY. See README.md for the order of statements.
class PostgresLoader final : public Loader, private CopySink {
 public:
  PostgresLoader(const ConnectionSpec& spec, const RunIdentity& run);
  void begin_unit(const std::vector<const LoadTable*>& tables) override;
  void open(std::size_t table) override;
  void write(const types::Batch& batch) override;
  void join(const LoadTable& table, int session) override;
  void joined(const StagedRows& rows) override;
  StagedRows close() override;
  void build(std::size_t table) override;
  std::vector<std::string> publish() override;
  void abort() noexcept override;
  [[nodiscard]] std::uint64_t published_rows(std::size_t table) const override { return pieces_.at(table).published; }
  [[nodiscard]] std::vector<std::pair<std::string, std::uint64_t>> policy_uses() const override { return policy_uses_; }
  void cancel() noexcept override;

 private:
  void send(const char* data, std::size_t size) override;
  void connect();
  void check_fence(const std::string& lock);
  [[nodiscard]] const char* chunk_lock() const;
  [[nodiscard]] Piece piece_of(const LoadTable& table) const;
  void ready_for_rows();
  void begin_chunk();
  void end_chunk();
  void start_copy();
  void end_copy();
  void end_broken_copy();
  std::uint64_t finish_copy();
  [[noreturn]] void refuse_row(const StatementError& error);
  void collect_policy_uses();
  void commit_published();
  [[nodiscard]] std::optional<bool> outcome_of_lost_commit(int backend) noexcept;
  [[nodiscard]] bool end_backend(int backend);
  [[nodiscard]] std::optional<bool> was_published();
  [[nodiscard]] bool was_swapped();
  void drop_staging();
  void make_partitions(Piece& piece);
  void build_keys(const Piece& piece);
  [[nodiscard]] Piece& current() { return pieces_.at(current_); }
  [[nodiscard]] bool fenced() const { return spec_.state_in_target; }

  ConnectionSpec spec_;
  RunIdentity run_;
  MetaTables meta_;
  std::unique_ptr<Session> session_;
  std::vector<Piece> pieces_;
  std::unique_ptr<CopyEncoder> encoder_;
  std::optional<SentKeys> sent_keys_;
  std::vector<std::pair<std::string, std::uint64_t>> policy_uses_;
  std::size_t current_ = 0;
  bool chunked_ = false;
  bool joined_ = false;  ///< staging belongs to another session
  StagedRows others_;    ///< what sessions that joined wrote
  bool copying_ = false;
  std::int64_t chunk_ = 0;
  std::uint64_t chunk_bytes_ = 0;
  std::string last_commit_;  ///< transaction id after the last chunk's commit
};

}  // namespace syncline::connectors::postgres
