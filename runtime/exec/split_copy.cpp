#include "runtime/exec/split_copy.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <deque>
#include <exception>
#include <memory>
#include <system_error>
#include <thread>

namespace syncline::exec {
namespace {

/// Batches of all readers together wait in about as much memory as those of one do.
constexpr std::size_t kWaitingBytes = 6U << 20U;
constexpr std::size_t kLeastWaiting = 1U << 20U;
constexpr std::size_t kRangeBatch = 512U << 10U;

/// One reader with its place to write.
class Worker {
 public:
  Worker(const TableJob& job, const UnitContext& context, const LoadLane& lane)
      : copy_({job, job}, context, side_), lane_(lane) {}

  void run(RowStream& stream) {
    while (!stream.exhausted()) copy_.run(stream, lane_);
  }

  [[nodiscard]] const RowCopy& copy() const { return copy_; }
  [[nodiscard]] Side side() const { return side_; }

 private:
  Side side_ = Side::source;
  RowCopy copy_;
  LoadLane lane_;
};

/// The workers of one table. When one fails, the streams of all are stopped.
class Crew {
 public:
  Crew(const std::vector<connectors::ReadRequest>& requests, const TableJob& job, const UnitContext& context)
      : requests_(requests), context_(context) {
    for (int reader = 0; reader < context.readers; ++reader) workers_.emplace_back(job, context, lane(reader));
  }

  void work() {
    std::vector<std::thread> threads;
    try {
      for (std::size_t i = 1; i < workers_.size(); ++i) threads.emplace_back([this, i] { run(workers_[i]); });
    } catch (const std::system_error&) {  // No more threads: those that there are take all ranges.
    }
    run(workers_[0]);
    for (std::thread& thread : threads) thread.join();
  }

  [[nodiscard]] const std::deque<Worker>& workers() const { return workers_; }
  [[nodiscard]] std::exception_ptr failure() const { return failure_; }
  [[nodiscard]] Side failed_side() const { return failed_side_; }

 private:
  [[nodiscard]] LoadLane lane(int reader) {
    const auto lanes = context_.joined.size() + 1;
    const auto mine = static_cast<std::size_t>(reader) % lanes;
    connectors::Loader& loader = mine == 0 ? context_.loader : *context_.joined[mine - 1];
    if (lanes >= static_cast<std::size_t>(context_.readers)) return {loader, nullptr};
    while (turns_.size() <= mine) turns_.emplace_back();
    return {loader, &turns_[mine]};
  }

  const connectors::ReadRequest* next() {
    if (failed_) return nullptr;
    const std::size_t at = taken_++;
    return at < requests_.size() ? &requests_[at] : nullptr;
  }

  void run(Worker& worker) {
    try {
      const auto share = kWaitingBytes / static_cast<std::size_t>(context_.readers);
      RowStream stream(
          context_.snapshot, [this] { return next(); }, context_.watch, std::max(share, kLeastWaiting));
      const Listed listed(*this, stream);
      worker.run(stream);
    } catch (...) {
      fail(std::current_exception(), worker.side());
    }
  }

  void fail(std::exception_ptr failure, Side side) {
    const std::lock_guard lock(mutex_);
    if (!failure_) failed_side_ = side;
    if (!failure_) failure_ = std::move(failure);
    failed_ = true;
    for (RowStream* stream : streams_) stream->stop();
  }

  /// A stream that a failure elsewhere stops.
  class Listed {
   public:
    Listed(Crew& crew, RowStream& stream) : crew_(crew), stream_(stream) {
      const std::lock_guard lock(crew_.mutex_);
      crew_.streams_.push_back(&stream_);
      if (crew_.failed_) stream_.stop();
    }
    ~Listed() {
      const std::lock_guard lock(crew_.mutex_);
      auto& all = crew_.streams_;
      all.erase(std::remove(all.begin(), all.end(), &stream_), all.end());
    }
    Listed(const Listed&) = delete;
    Listed& operator=(const Listed&) = delete;

   private:
    Crew& crew_;
    RowStream& stream_;
  };

  const std::vector<connectors::ReadRequest>& requests_;
  const UnitContext& context_;
  std::deque<std::mutex> turns_;
  std::deque<Worker> workers_;
  std::atomic<std::size_t> taken_{0};
  std::atomic<bool> failed_{false};
  std::mutex mutex_;  ///< guards what follows
  std::vector<RowStream*> streams_;
  std::exception_ptr failure_;
  Side failed_side_ = Side::source;
};

std::string column_names(const plan::Split& split) {
  std::string names;
  for (const types::Column& column : split.columns) names += (names.empty() ? "`" : ", `") + column.name + "`";
  return names;
}

}  // namespace

std::vector<connectors::ReadRequest> range_requests(const TableJob& job, const UnitContext& context) {
  const plan::Split& split = *job.plan->split;
  if (context.readers < 2) return {job.read};
  connectors::CutRequest cut;
  cut.order = {split.columns, split.primary};
  cut.ranges = split.chunks;
  cut.row_estimate = job.plan->source_schema.row_estimate;
  cut.wanted = [&context] { return context.watch.stopped() == Stop::none; };
  const std::vector<connectors::KeyPosition> positions = context.snapshot.cut(job.read, cut);
  if (positions.empty()) return {job.read};
  std::vector<connectors::ReadRequest> requests(positions.size() + 1, job.read);
  for (std::size_t i = 0; i < requests.size(); ++i) {
    requests[i].batch_bytes = std::min(requests[i].batch_bytes, kRangeBatch);
    requests[i].range.order = cut.order;
    if (i > 0) requests[i].range.after = positions[i - 1];
    if (i < positions.size()) requests[i].range.up_to = positions[i];
  }
  return requests;
}

Copied copy_ranges(const std::vector<connectors::ReadRequest>& requests, const TableJob& job, const UnitContext& context,
                   Side& side) {
  Crew crew(requests, job, context);
  crew.work();
  if (crew.failure()) {
    side = crew.failed_side();
    std::rethrow_exception(crew.failure());
  }
  Copied copied;
  for (const Worker& worker : crew.workers()) copied.add(worker.copy());
  return copied;
}

std::string split_note(const TableJob& job, const UnitContext& context, std::size_t ranges) {
  const std::string names = column_names(*job.plan->split);
  if (ranges > 1) {
    const auto readers = std::min<std::size_t>(static_cast<std::size_t>(context.readers), ranges);
    return fmt::format("read in {} ranges of {} by {} sessions: {}", ranges, names, readers, context.snapshot.description());
  }
  if (context.readers > 1) return fmt::format("read by one session: too few values of {} to cut between", names);
  const std::string why = context.snapshot.sessions() > 1 ? "no other one was free" : context.snapshot.description();
  return "read by one session: " + why;
}

}  // namespace syncline::exec
