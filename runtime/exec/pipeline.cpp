#include "runtime/exec/pipeline.h"

#include <utility>

#include "connectors/api/error.h"
#include "runtime/exec/big_rows.h"
#include "stdlib/base/failpoint.h"
#include "stdlib/expr/row_key.h"

namespace syncline::exec {
namespace {

constexpr std::size_t kQueuedBatches = 4;
/// A batch above this waits alone: four batches of the usual size fit, four with cells of many megabytes do not.
constexpr std::size_t kQueuedBytes = 6U << 20U;
/// A recycled batch keeps at most this much memory.
constexpr std::size_t kKeptBytes = 2U << 20U;

std::size_t size_of(const std::unique_ptr<types::Batch>& batch) {
  return batch ? batch->byte_size() : 0;
}

}  // namespace

/// A reader that its watch and its stream may cancel as long as it lives.
class RowStream::Reading {
 public:
  Reading(RowStream& stream, std::unique_ptr<connectors::Reader> reader) : stream_(stream), reader_(std::move(reader)) {
    stream_.watch_.attach(reader_.get());
    const std::lock_guard lock(stream_.reading_mutex_);
    stream_.reading_ = reader_.get();
  }
  ~Reading() {
    stream_.watch_.detach(reader_.get());
    const std::lock_guard lock(stream_.reading_mutex_);
    stream_.reading_ = nullptr;
  }
  Reading(const Reading&) = delete;
  Reading& operator=(const Reading&) = delete;
  connectors::Reader* operator->() { return reader_.get(); }
  /// Reader::next, whose errors always name the row.
  bool next(types::Batch& batch) {
    try {
      return reader_->next(batch);
    } catch (expr::ValueError& error) {
      if (error.row_key.empty()) error.row_key = expr::row_number(reader_->rows() + 1);
      throw;
    }
  }

 private:
  RowStream& stream_;
  std::unique_ptr<connectors::Reader> reader_;
};

RowStream::RowStream(connectors::Snapshot& snapshot, std::vector<const connectors::ReadRequest*> requests, Watch& watch)
    : RowStream(
          snapshot, [all = std::move(requests), at = std::size_t{0}]() mutable { return at < all.size() ? all[at++] : nullptr; },
          watch, kQueuedBytes) {}

RowStream::RowStream(connectors::Snapshot& snapshot, Next next, Watch& watch, std::size_t queued_bytes)
    : snapshot_(snapshot), next_(std::move(next)), watch_(watch), most_bytes_(queued_bytes), thread_([this] { read_all(); }) {}

RowStream::~RowStream() {
  close();
  thread_.join();
  recycle(std::move(current_));
  for (Item& item : queue_) recycle(std::move(item));
  end_turn();
}

void RowStream::close() {
  bool running = false;
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    running = !finished_;
  }
  changed_.notify_all();
  if (!running) return;
  const std::lock_guard lock(reading_mutex_);
  if (reading_ != nullptr) reading_->cancel();
}

void RowStream::read_all() {
  std::exception_ptr failure;
  try {
    for (const auto* request = next_(); request != nullptr; request = next_()) {
      read_table(*request);
      keeps_turn_ = false;
      if (!large_waiting()) end_turn();
    }
  } catch (...) {
    failure = std::current_exception();
  }
  const std::lock_guard lock(mutex_);
  failure_ = failure;
  finished_ = true;
  changed_.notify_all();
}

void RowStream::read_table(connectors::ReadRequest request) {
  {
    const std::lock_guard lock(mutex_);
    if (closed_) return;
  }
  request.large_rows = this;
  Reading reader(*this, snapshot_.open_reader(request));
  for (auto batch = blank(); batch; batch = blank()) {
    failpoint("read.batch");
    const bool more = reader.next(*batch);
    watch_.moved();
    if (!more) {
      push(Item{nullptr, StreamEnd{reader->rows(), reader->policy_uses()}, false});
      return;
    }
    const bool large = batch->byte_size() > connectors::kLargeRow || (has_turn_ && !keeps_turn_);
    if (!(large ? hand_over_large(std::move(batch)) : push(Item{std::move(batch), {}, false}))) return;
  }
}

/// Waits for the turn as long as the stream is wanted.
bool RowStream::take(Hold hold) {
  while (!has_turn_) {
    has_turn_ = BigRowPermit::instance().take(std::chrono::milliseconds(100));
    watch_.moved();
    if (!has_turn_ && !wanted()) return false;
  }
  keeps_turn_ = keeps_turn_ || hold == Hold::reader;
  return true;
}

/// Reads no further until the batch is written: the next row may be as large, and so is the client library's copy of it.
bool RowStream::hand_over_large(std::unique_ptr<types::Batch> batch) {
  if (!take(Hold::row)) throw connectors::ConnectorError(connectors::ErrorKind::cancelled, "the read was cancelled");
  if (!push(Item{std::move(batch), {}, true})) return false;
  {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return closed_ || !large_waiting_; });
    if (closed_) return false;
  }
  if (!keeps_turn_) end_turn();
  return true;
}

void RowStream::end_turn() {
  if (std::exchange(has_turn_, false)) BigRowPermit::instance().give_back();
}

bool RowStream::large_waiting() {
  const std::lock_guard lock(mutex_);
  return large_waiting_;
}

bool RowStream::wanted() {
  const std::lock_guard lock(mutex_);
  return !closed_ && (watch_.stopped() == Stop::none || watch_.stopped() == Stop::drain);
}

/// An empty batch, or null when nobody wants more.
std::unique_ptr<types::Batch> RowStream::blank() {
  const std::lock_guard lock(mutex_);
  if (closed_) return nullptr;
  if (blanks_.empty()) return std::make_unique<types::Batch>();
  auto batch = std::move(blanks_.back());
  blanks_.pop_back();
  return batch;
}

bool RowStream::push(Item item) {
  const std::size_t bytes = size_of(item.batch);
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] {
    return closed_ || queue_.empty() || (queue_.size() < kQueuedBatches && queued_bytes_ + bytes <= most_bytes_);
  });
  const bool wanted = !closed_;
  large_waiting_ = large_waiting_ || item.large;
  queued_bytes_ += bytes;
  queue_.push_back(std::move(item));
  lock.unlock();
  changed_.notify_all();
  return wanted;
}

void RowStream::recycle(Item item) {
  if (!item.batch) return;
  item.batch->heap.clear();
  item.batch->heap.trim(kKeptBytes);
  {
    const std::lock_guard lock(mutex_);
    if (item.large) large_waiting_ = false;
    blanks_.push_back(std::move(item.batch));
  }
  if (item.large) changed_.notify_all();
}

types::Batch* RowStream::next() {
  recycle(std::move(current_));
  current_ = Item();
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return finished_ || closed_ || !queue_.empty(); });
  if (queue_.empty() || closed_) {
    if (failure_) std::rethrow_exception(failure_);
    exhausted_ = true;
    return nullptr;
  }
  current_ = std::move(queue_.front());
  queue_.pop_front();
  queued_bytes_ -= size_of(current_.batch);
  lock.unlock();
  changed_.notify_all();
  if (!current_.batch) end_ = std::move(current_.end);
  return current_.batch.get();
}

}  // namespace syncline::exec
