#include "runtime/exec/pipeline.h"

#include "runtime/exec/big_rows.h"
#include "stdlib/base/failpoint.h"
#include "stdlib/expr/row_key.h"

namespace syncline::exec {
namespace {

constexpr std::size_t kQueuedBatches = 4;
/// A recycled batch keeps at most this much memory.
constexpr std::size_t kKeptBytes = 4U << 20U;

/// A reader that its watch may cancel as long as it lives.
class WatchedReader {
 public:
  WatchedReader(Watch& watch, std::unique_ptr<connectors::Reader> reader) : watch_(watch), reader_(std::move(reader)) {
    watch_.attach(reader_.get());
  }
  ~WatchedReader() { watch_.attach(static_cast<connectors::Reader*>(nullptr)); }
  WatchedReader(const WatchedReader&) = delete;
  WatchedReader& operator=(const WatchedReader&) = delete;
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
  Watch& watch_;
  std::unique_ptr<connectors::Reader> reader_;
};

}  // namespace

RowStream::RowStream(connectors::Snapshot& snapshot, std::vector<const connectors::ReadRequest*> requests, Watch& watch)
    : snapshot_(snapshot), requests_(std::move(requests)), watch_(watch), thread_([this] { read_all(); }) {}

RowStream::~RowStream() {
  close();
  thread_.join();
  recycle(std::move(current_));
  for (Item& item : queue_) recycle(std::move(item));
}

void RowStream::close() {
  bool running = false;
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    running = !finished_;
  }
  changed_.notify_all();
  if (running) watch_.cancel_reader();
}

void RowStream::read_all() {
  std::exception_ptr failure;
  try {
    for (const auto* request : requests_) read_table(*request);
  } catch (...) {
    failure = std::current_exception();
  }
  const std::lock_guard lock(mutex_);
  failure_ = failure;
  finished_ = true;
  changed_.notify_all();
}

void RowStream::read_table(const connectors::ReadRequest& request) {
  {
    const std::lock_guard lock(mutex_);
    if (closed_) return;
  }
  WatchedReader reader(watch_, snapshot_.open_reader(request));
  for (auto batch = blank(); batch; batch = blank()) {
    failpoint("read.batch");
    const bool more = reader.next(*batch);
    watch_.moved();
    if (!more) {
      push(Item{nullptr, StreamEnd{reader->rows(), reader->policy_uses()}, false});
      return;
    }
    const bool big = batch->byte_size() > kBigRow;
    if (big && !take_permit()) return;
    if (!push(Item{std::move(batch), {}, big})) return;
    if (big) wait_for_big();
  }
}

/// Waits for its turn as long as the stream is wanted.
bool RowStream::take_permit() {
  while (!BigRowPermit::instance().take(std::chrono::milliseconds(100))) {
    watch_.moved();
    const std::lock_guard lock(mutex_);
    if (closed_) return false;
  }
  return true;
}

/// Reads no further until the big batch is written: the next row may be as big, and so is the client library's copy of it.
void RowStream::wait_for_big() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return closed_ || !big_waiting_; });
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
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return closed_ || queue_.size() < kQueuedBatches; });
  const bool wanted = !closed_;
  big_waiting_ = big_waiting_ || item.big;
  queue_.push_back(std::move(item));
  lock.unlock();
  changed_.notify_all();
  return wanted;
}

void RowStream::recycle(Item item) {
  if (!item.batch) return;
  item.batch->heap.clear();
  item.batch->heap.trim(kKeptBytes);
  if (item.big) BigRowPermit::instance().give_back();
  {
    const std::lock_guard lock(mutex_);
    if (item.big) big_waiting_ = false;
    blanks_.push_back(std::move(item.batch));
  }
  if (item.big) changed_.notify_all();
}

types::Batch* RowStream::next() {
  recycle(std::move(current_));
  current_ = Item();
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return finished_ || !queue_.empty(); });
  if (queue_.empty()) {
    if (failure_) std::rethrow_exception(failure_);
    return nullptr;
  }
  current_ = std::move(queue_.front());
  queue_.pop_front();
  lock.unlock();
  changed_.notify_all();
  if (!current_.batch) end_ = std::move(current_.end);
  return current_.batch.get();
}

}  // namespace syncline::exec
