#include "connectors/mysql/loader.h"

#include <algorithm>
#include <atomic>
#include <deque>

#include "connectors/mysql/client.h"
#include "connectors/mysql/ddl.h"
#include "connectors/mysql/dialect.h"
#include "connectors/mysql/infile.h"
#include "connectors/mysql/load_warnings.h"
#include "connectors/mysql/meta.h"
#include "connectors/mysql/partitions.h"
#include "connectors/mysql/staged_table.h"
#include "connectors/mysql/swap.h"
#include "connectors/sql/progress.h"
#include "connectors/sql/staging_name.h"
#include "stdlib/base/failpoint.h"
#include "stdlib/expr/row_key.h"

namespace syncline::connectors::mysql {
namespace {

constexpr std::size_t kLargestLoad = 16UL << 20U;
constexpr std::size_t kKeptBuffer = 24UL << 20U;
constexpr const char* kShare = "LOCK IN SHARE MODE";

class MysqlLoader final : public Loader {
 public:
  MysqlLoader(const ConnectionSpec& spec, const RunIdentity& run)
      : connection_(spec, Role::loader), meta_(connection_), infile_(connection_) {
    meta_.register_session(run.run_id);
    // MySQL does and MariaDB 11.8; MariaDB 10.11 makes it 0.
    stores_minus_zero_ = connection_.scalar("SELECT CONCAT(-0e0)") == "-0";
    if (connection_.mariadb()) static_cast<void>(connection_.attempt("SET SESSION idle_transaction_timeout = 900"));
  }

  ~MysqlLoader() override { abort(); }

  void begin_unit(const std::vector<const LoadTable*>& tables) override {
    sql::require_place_for_progress(connection_.spec(), tables);
    tables_.clear();
    published_.clear();
    plans_ = tables;
    joined_ = false;
    one_transaction_ = true;
    for (const auto* plan : tables) {
      tables_.emplace_back(*plan, stores_minus_zero_);
      // A DDL statement that makes partitions would commit what came before it.
      one_transaction_ =
          one_transaction_ && plan->staging == types::Staging::one_transaction && !plan->desired.native_partitions.grow();
    }
    meta_.check_epochs(plans_, "");
    if (!one_transaction_) return;
    for (auto& table : tables_) create_staging(table);
    begin();
  }

  void open(std::size_t index) override {
    current_ = &tables_.at(index);
    if (!current_->created) create_staging(*current_);
    others_ = {};
    ready_for_rows();
  }

  void join(const LoadTable& table, int session) override {
    published_.clear();
    tables_.clear();
    plans_ = {&table};
    one_transaction_ = false;
    joined_ = true;
    others_ = {};
    current_ = &tables_.emplace_back(table, stores_minus_zero_);
    current_->chunks = static_cast<std::uint64_t>(session * sql::kChunksOfSession);
    ready_for_rows();
  }

  void joined(const StagedRows& rows) override {
    others_.sent += rows.sent;
    others_.reported += rows.reported;
  }

  void write(const types::Batch& batch) override {
    const auto limit = std::min(current_->plan->batch_bytes, kLargestLoad);
    for (std::size_t row = 0; row < batch.rows(); ++row) {
      append(batch, row);
      ++buffered_rows_;
      if (buffer_.size() >= limit || !current_->encoder.large_cells().empty()) flush();
    }
  }

  StagedRows close() override {
    flush();
    current_->sent += others_.sent;
    current_->reported += others_.reported;
    StagedRows rows;
    rows.sent = current_->sent;
    rows.reported = current_->reported;
    if (joined_) {
      published_ = std::move(tables_);
      tables_.clear();
      return rows;
    }
    if (!one_transaction_ && meta_.enabled() && meta_.chunk_rows(*current_->plan) != rows.reported) {
      throw ConnectorError(ErrorKind::protocol,
                           "the ledger of `" + types::to_string(current_->plan->desired.name) + "` lacks chunks");
    }
    if (current_->plan->verify != types::Verify::none) {
      rows.counted = std::stoll(connection_.scalar("SELECT COUNT(*) FROM " + dialect().quote(current_->arrival)).value_or("-1"));
    }
    return rows;
  }

  void build(std::size_t index) override {
    failpoint("index.before");
    StagedTable& table = tables_.at(index);
    if (table.partitioned) fill_partitions(connection_, table);
    if (one_transaction_ || !table.renames || table.keeps_keys) return;
    const auto statement = add_indexes(table.plan->desired, table.staging);
    if (!statement.empty()) connection_.execute(statement);
  }

  std::vector<std::string> publish() override {
    std::vector<StagedTable*> renamed;
    std::vector<StagedTable*> copied;
    for (auto& table : tables_) (table.renames ? renamed : copied).push_back(&table);
    std::vector<std::string> notes;
    if (!copied.empty()) {
      for (const auto* table : copied)
        add_missing_partitions(connection_, *table->plan, table->plan->desired.name, table->staging);
      connection_.execute("SET SESSION foreign_key_checks = 0");
      if (!in_transaction_) begin();
      publish_rows(connection_, meta_, copied);
      in_transaction_ = false;
    } else if (in_transaction_) {
      commit();
    }
    if (!renamed.empty()) notes = publish_by_rename(connection_, meta_, renamed);
    failpoint("cleanup.before");
    drop_replaced();
    published_ = std::move(tables_);
    tables_.clear();
    return notes;
  }

  void abort() noexcept override {
    try {
      if (tables_.empty()) return;
      static_cast<void>(connection_.attempt("ROLLBACK"));
      in_transaction_ = false;
      for (auto& table : tables_) {
        if (joined_ || !table.created || table.swapped) continue;
        static_cast<void>(connection_.attempt("SET SESSION lock_wait_timeout = 5"));
        if (table.partitioned) static_cast<void>(connection_.attempt(drop_tables({table.arrival})));
        if (!connection_.attempt(drop_tables({table.staging}))) meta_.forget_swap(*table.plan);
      }
      static_cast<void>(connection_.attempt("SET SESSION foreign_key_checks = 1, lock_wait_timeout = 30"));
      tables_.clear();
    } catch (const std::exception&) {  // What is left is dropped by the next run: its epoch is dead.
    }
  }

  [[nodiscard]] std::uint64_t published_rows(std::size_t index) const override { return published_.at(index).published; }

  [[nodiscard]] std::vector<std::pair<std::string, std::uint64_t>> policy_uses() const override {
    std::vector<std::pair<std::string, std::uint64_t>> uses;
    for (const auto* list : {&tables_, &published_}) {
      for (const auto& table : *list) {
        for (auto& use : table.encoder.policy_uses()) uses.push_back(std::move(use));
      }
    }
    return uses;
  }

  void cancel() noexcept override { connection_.kill_query(); }

 private:
  void append(const types::Batch& batch, std::size_t row) {
    try {
      current_->encoder.append(batch, row, buffer_);
    } catch (const expr::ValueError& error) {
      throw expr::RowError(error, row);
    }
  }

  void ready_for_rows() {
    fields_ = load_fields(*current_->plan, connection_.mariadb());
    buffer_.clear();
    buffered_rows_ = 0;
  }

  void begin() {
    connection_.execute("START TRANSACTION");
    in_transaction_ = true;
    meta_.check_epochs(plans_, kShare);
  }

  void commit() {
    connection_.execute("COMMIT");
    in_transaction_ = false;
  }

  void create_staging(StagedTable& table) {
    if (!table.renames) meta_.change_live(*table.plan, table.staging);
    for (const auto& statement : staging_statements(table, connection_.text_collation())) {
      connection_.execute(statement);
      table.created = true;
    }
  }

  /// One LOAD DATA; in chunked mode one transaction with its ledger row.
  void flush() {
    if (buffered_rows_ == 0 && connection_.rehearsal() == nullptr) return;
    if (!one_transaction_) begin();
    const std::string_view text(buffer_.data(), buffer_.size());
    std::uint64_t bytes = text.size();
    for (const auto& cell : current_->encoder.large_cells()) bytes += cell.bytes.size();
    const auto outcome = infile_.load(text, current_->encoder.large_cells(), dialect().quote(current_->arrival), fields_);
    if (connection_.rehearsal() != nullptr) connection_.note("once for each portion of rows; the rows travel with the statement");
    if (outcome.warnings != 0 || outcome.skipped != 0 || outcome.rows != buffered_rows_) {
      throw_load_warnings(connection_, *current_->plan, text, current_->sent);
    }
    current_->sent += buffered_rows_;
    current_->reported += outcome.rows;
    if (!one_transaction_) {
      meta_.add_chunk(*current_->plan, ++current_->chunks, outcome.rows, bytes);
      failpoint("load.chunk");
      commit();
    } else {
      failpoint("load.chunk");
    }
    current_->encoder.forget_large();
    buffer_.clear();
    buffer_.trim(kKeptBuffer);
    buffered_rows_ = 0;
  }

  /// The rows are published: whatever happens now, they stay, and the end of the run drops what is left here.
  void drop_replaced() noexcept {
    std::vector<types::ObjectName> leftovers;
    for (const auto& table : tables_) {
      if (!table.renames) leftovers.push_back(table.staging);
      if (table.renames && table.plan->existing) leftovers.push_back(table.old);
    }
    static_cast<void>(connection_.attempt("SET SESSION foreign_key_checks = 0, lock_wait_timeout = 30"));
    if (!leftovers.empty()) static_cast<void>(connection_.attempt(drop_tables(leftovers)));
    static_cast<void>(connection_.attempt("SET SESSION foreign_key_checks = 1"));
  }

  Connection connection_;
  bool stores_minus_zero_ = false;
  Meta meta_;
  MemoryInfile infile_;
  std::deque<StagedTable> tables_;
  std::deque<StagedTable> published_;
  std::vector<const LoadTable*> plans_;
  StagedTable* current_ = nullptr;
  LoadFields fields_;
  types::Buffer buffer_;
  std::uint64_t buffered_rows_ = 0;
  bool one_transaction_ = false;
  bool joined_ = false;  ///< staging belongs to another session
  StagedRows others_;    ///< what sessions that joined wrote
  bool in_transaction_ = false;
};

}  // namespace

std::unique_ptr<Loader> make_loader(const ConnectionSpec& spec, const RunIdentity& run) {
  return std::make_unique<MysqlLoader>(spec, run);
}

}  // namespace syncline::connectors::mysql
