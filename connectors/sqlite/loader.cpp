#include "connectors/sqlite/loader.h"

#include <algorithm>
#include <atomic>
#include <optional>

#include "connectors/sql/staging_name.h"
#include "connectors/sqlite/ddl.h"
#include "connectors/sqlite/index_text.h"
#include "connectors/sqlite/inserter.h"
#include "connectors/sqlite/meta.h"
#include "connectors/sqlite/publish.h"
#include "connectors/sqlite/session.h"
#include "stdlib/base/failpoint.h"
#include "stdlib/base/text.h"

namespace syncline::connectors::sqlite {
namespace {

/// The error as the user knows the table: staging's name does not appear.
ConnectorError retold(const ConnectorError& error, const std::string& staging, const std::string& target) {
  std::string message = error.what();
  for (auto at = message.find(staging); at != std::string::npos; at = message.find(staging, at + target.size())) {
    message.replace(at, staging.size(), target);
  }
  ConnectorError out(error.kind, message);
  out.native_code = error.native_code;
  out.statement = error.statement;
  out.help = error.help;
  return out;
}

class SqliteLoader final : public Loader {
 public:
  explicit SqliteLoader(const ConnectionSpec& spec) : database_(spec, Access::target), zone_(spec.timezone) {}
  ~SqliteLoader() override { SqliteLoader::abort(); }
  SqliteLoader(const SqliteLoader&) = delete;
  SqliteLoader& operator=(const SqliteLoader&) = delete;

  void begin_unit(const std::vector<const LoadTable*>& tables) override {
    unit_.clear();
    published_.clear();
    policy_uses_.clear();
    chunked_ =
        std::any_of(tables.begin(), tables.end(), [](const auto* table) { return table->staging == types::Staging::chunked; });
    for (const LoadTable* table : tables) {
      unit_.push_back({table, sql::staging_name(*table), table->publish, 0});
    }
    if (!chunked_) database_.execute("BEGIN IMMEDIATE");
    check_fences();
  }

  void open(std::size_t table) override {
    current_ = table;
    chunk_ = {};
    staged_ = {};
    begin_if_chunked();
    Staged& staged = unit_.at(table);
    const LoadTable& load = *staged.table;
    if (actual_table_name(database_, load.desired.name.table).empty()) staged.how = types::Publish::rename;
    telling([&] {
      database_.execute(staged.how == types::Publish::rename
                            ? create_table(load.desired, staged.staging)
                            : create_plain_table(load.desired, load.load_columns, staged.staging));
      commit_if_chunked();
      inserter_.emplace(database_, load, staged.staging);
    });
  }

  void write(const types::Batch& batch) override {
    if (cancelled_.load(std::memory_order_relaxed)) throw ConnectorError(ErrorKind::cancelled, "the load was cancelled");
    begin_if_chunked();
    const std::uint64_t sent = batch.relay ? batch.relay_rows : batch.rows();
    telling([&] {
      const auto inserted = inserter_->insert(batch);
      staged_.sent += sent;
      chunk_.rows += inserted;
      chunk_.bytes += batch.byte_size();
      if (!chunked_) staged_.reported += inserted;
      if (chunked_ && chunk_.bytes >= unit_[current_].table->batch_bytes) commit_chunk();
    });
  }

  StagedRows close() override {
    Staged& staged = unit_.at(current_);
    telling([&] {
      if (chunked_ && database_.in_transaction()) commit_chunk();
      if (!chunked_) failpoint("load.chunk");
      if (chunked_) staged_.reported = meta::ledger_rows(database_, staged.table->desired.name.table, staged.table->epoch);
      inserter_->add_policy_uses(policy_uses_);
      inserter_.reset();
      if (staged.table->verify != types::Verify::none)
        staged_.counted = database_.integer("SELECT count(*) FROM " + quote(staged.staging));
    });
    staged.rows = staged_.sent;
    return staged_;
  }

  void build(std::size_t table) override {
    current_ = table;
    const Staged& staged = unit_.at(table);
    if (staged.how != types::Publish::rename) return;
    failpoint("index.before");
    telling([&] {
      for (const auto& index : staged.table->desired.indexes) {
        database_.execute(create_index(index, free_index_name(database_, index.name), staged.staging));
      }
    });
  }

  std::vector<std::string> publish() override {
    failpoint("swap.before");
    database_.wait_for_locks(unit_.at(0).table->swap_timeout);
    begin_if_chunked();
    for (current_ = 0; current_ < unit_.size(); ++current_) {
      telling([&] { published_.push_back(publish_table(database_, unit_[current_], zone_)); });
    }
    database_.execute("COMMIT");
    unit_.clear();
    failpoint("swap.after");
    return {};
  }

  void abort() noexcept override {
    inserter_.reset();
    database_.rollback();
    try {
      if (chunked_) {
        for (const auto& staged : unit_) database_.execute("DROP TABLE IF EXISTS " + quote(staged.staging));
      }
    } catch (const std::exception&) {
      // Staging that could not be dropped now is dropped by the next epoch of its table.
    }
    unit_.clear();
  }

  [[nodiscard]] std::uint64_t published_rows(std::size_t table) const override { return published_.at(table); }
  [[nodiscard]] std::vector<std::pair<std::string, std::uint64_t>> policy_uses() const override { return policy_uses_; }

  void cancel() noexcept override {
    cancelled_.store(true, std::memory_order_relaxed);
    database_.interrupt();
  }

 private:
  void check_fences() const {
    for (const auto& staged : unit_) meta::check_fence(database_, staged.table->desired.name.table, staged.table->epoch);
  }

  void begin_if_chunked() {
    if (!chunked_ || database_.in_transaction()) return;
    database_.execute("BEGIN IMMEDIATE");
    check_fences();
  }

  void commit_if_chunked() {
    if (chunked_) database_.execute("COMMIT");
  }

  void commit_chunk() {
    failpoint("load.chunk");
    chunk_.table = unit_[current_].table->desired.name.table;
    chunk_.epoch = unit_[current_].table->epoch;
    meta::record_chunk(database_, chunk_);
    database_.execute("COMMIT");
    ++chunk_.number;
    chunk_.rows = 0;
    chunk_.bytes = 0;
  }

  template <class Work>
  void telling(Work work) {
    try {
      work();
    } catch (const ConnectorError& error) {
      throw retold(error, unit_.at(current_).staging, unit_[current_].table->desired.name.table);
    }
  }

  Database database_;
  std::string zone_;
  bool chunked_ = false;
  std::vector<Staged> unit_;
  std::size_t current_ = 0;
  std::optional<Inserter> inserter_;
  meta::Chunk chunk_;
  StagedRows staged_;
  std::vector<std::uint64_t> published_;
  std::vector<std::pair<std::string, std::uint64_t>> policy_uses_;
  std::atomic<bool> cancelled_{false};
};

}  // namespace

std::unique_ptr<Loader> make_loader(const ConnectionSpec& spec) {
  return std::make_unique<SqliteLoader>(spec);
}

}  // namespace syncline::connectors::sqlite
