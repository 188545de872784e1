#include "runtime/rehearse/rehearsed_sessions.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "stdlib/expr/cell_value.h"
#include "stdlib/types/batch.h"
#include "stdlib/types/calendar.h"

namespace syncline::rehearse {
namespace {

using connectors::ReadRequest;
using types::CellKind;

constexpr std::int64_t kReached = 1000;   ///< the greatest number in the target
constexpr std::int64_t kGreatest = 2000;  ///< in the source

/// The last midnight in the source, the one before in the target.
std::int64_t assumed_day(const Place& place) {
  const std::int64_t rest = ((place.assumed.now % types::kMicrosPerDay) + types::kMicrosPerDay) % types::kMicrosPerDay;
  const std::int64_t day = (place.assumed.now - rest) / types::kMicrosPerDay;
  return place.of_source ? day : day - 1;
}

void assume_cell(const types::Column& column, const Place& place, types::Batch& batch, std::size_t at) {
  const std::int64_t number = place.of_source ? kGreatest : kReached;
  std::uint64_t& slot = batch.slots(0)[at];
  slot = static_cast<std::uint64_t>(number);
  batch.nulls(0)[at] = 0;
  const CellKind kind = types::cell_kind(column.logical);
  if (kind == CellKind::date) slot = static_cast<std::uint64_t>(assumed_day(place));
  if (kind == CellKind::timestamp) slot = static_cast<std::uint64_t>(assumed_day(place) * types::kMicrosPerDay);
  if (!types::on_heap(kind)) return;
  const std::string text = std::to_string(number);
  slot = types::Batch::heap_slot(batch.heap.size(), text.size());
  batch.heap.append(text);
}

class RehearsedReader final : public connectors::Reader {
 public:
  RehearsedReader(std::unique_ptr<connectors::Reader> inner, const ReadRequest& request, const Place& place)
      : inner_(std::move(inner)), request_(request), place_(place) {}

  bool next(types::Batch& batch) override {
    const bool first = !std::exchange(asked_, true);
    if (first) {
      while (inner_->next(batch)) {
      }
    }
    batch.reset(request_.relay ? 0 : request_.columns.size());
    batch.heap.clear();
    batch.relay = request_.relay;
    batch.relay_rows = 0;
    if (!first || request_.greatest_by.empty()) return false;
    batch.add_row();
    std::string told;
    for (std::size_t at = 0; at < request_.columns.size(); ++at) {
      const types::Column& column = request_.columns[at];
      assume_cell(column, place_, batch, at);
      const types::Value value = expr::cell_to_value(column.logical, batch.slots(0)[at], batch, "UTC");
      told += fmt::format("{}{} = {}", told.empty() ? "" : ", ", column.name, types::to_text(value));
    }
    place_.transcript.note(place_.connection, 0, "not asked now: what follows assumes the answer " + told);
    return true;
  }
  [[nodiscard]] std::uint64_t rows() const override { return request_.greatest_by.empty() ? 0 : 1; }
  [[nodiscard]] std::vector<std::pair<std::string, std::uint64_t>> policy_uses() const override { return {}; }
  void cancel() noexcept override { inner_->cancel(); }

 private:
  std::unique_ptr<connectors::Reader> inner_;
  ReadRequest request_;
  Place place_;
  bool asked_ = false;
};

class RehearsedSnapshot final : public connectors::Snapshot {
 public:
  RehearsedSnapshot(std::unique_ptr<connectors::Snapshot> inner, const Place& place) : inner_(std::move(inner)), place_(place) {}

  [[nodiscard]] int sessions() const override { return inner_->sessions(); }
  std::unique_ptr<connectors::Reader> open_reader(const ReadRequest& request) override {
    return std::make_unique<RehearsedReader>(inner_->open_reader(request), request, place_);
  }
  std::vector<connectors::KeyPosition> cut(const ReadRequest& request, const connectors::CutRequest& cut) override {
    auto positions = inner_->cut(request, cut);
    if (!positions.empty())
      place_.transcript.note(place_.connection, 0, "not asked now: @split_1 … stand for the positions that are found");
    return positions;
  }
  [[nodiscard]] std::string description() const override { return inner_->description(); }

 private:
  std::unique_ptr<connectors::Snapshot> inner_;
  Place place_;
};

class RehearsedHorizon final : public connectors::Horizon {
 public:
  RehearsedHorizon(std::unique_ptr<connectors::Horizon> inner, const Place& place) : inner_(std::move(inner)), place_(place) {}

  connectors::OpenWork look() override {
    place_.transcript.begin_load();
    static_cast<void>(inner_->look());
    connectors::OpenWork none;
    none.known = true;
    none.now = place_.assumed.now;
    none.oldest = std::max(place_.assumed.now, place_.assumed.settled_until);
    return none;
  }
  bool ended(const connectors::OpenWork& then) override {
    static_cast<void>(inner_->ended(then));
    return true;
  }

 private:
  std::unique_ptr<connectors::Horizon> inner_;
  Place place_;
};

class RehearsedLoader final : public connectors::Loader {
 public:
  RehearsedLoader(std::unique_ptr<connectors::Loader> inner, const Place& place) : inner_(std::move(inner)), place_(place) {}

  void begin_unit(const std::vector<const connectors::LoadTable*>& tables) override {
    tables_ = tables;
    place_.transcript.begin_rows();
    inner_->begin_unit(tables);
  }
  void open(std::size_t table) override {
    current_ = tables_.at(table);
    inner_->open(table);
  }
  void write(const types::Batch& batch) override { inner_->write(batch); }
  void join(const connectors::LoadTable& table, int session) override {
    current_ = &table;
    inner_->join(table, session);
  }
  void joined(const connectors::StagedRows& rows) override { inner_->joined(rows); }
  connectors::StagedRows close() override {
    types::Batch nothing;
    nothing.reset(current_->load_columns.size());
    inner_->write(nothing);
    return inner_->close();
  }
  void build(std::size_t table) override { inner_->build(table); }
  std::vector<std::string> publish() override {
    auto notes = inner_->publish();
    place_.transcript.end_load();
    return notes;
  }
  void abort() noexcept override { inner_->abort(); }
  [[nodiscard]] std::uint64_t published_rows(std::size_t table) const override { return inner_->published_rows(table); }
  [[nodiscard]] std::vector<std::pair<std::string, std::uint64_t>> policy_uses() const override { return inner_->policy_uses(); }
  void cancel() noexcept override { inner_->cancel(); }

 private:
  std::unique_ptr<connectors::Loader> inner_;
  Place place_;
  std::vector<const connectors::LoadTable*> tables_;
  const connectors::LoadTable* current_ = nullptr;
};

}  // namespace

std::unique_ptr<connectors::Snapshot> wrap(std::unique_ptr<connectors::Snapshot> inner, const Place& place) {
  return std::make_unique<RehearsedSnapshot>(std::move(inner), place);
}

std::unique_ptr<connectors::Horizon> wrap(std::unique_ptr<connectors::Horizon> inner, const Place& place) {
  return std::make_unique<RehearsedHorizon>(std::move(inner), place);
}

std::unique_ptr<connectors::Loader> wrap(std::unique_ptr<connectors::Loader> inner, const Place& place) {
  return std::make_unique<RehearsedLoader>(std::move(inner), place);
}

}  // namespace syncline::rehearse
