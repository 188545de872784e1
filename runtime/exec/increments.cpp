#include "runtime/exec/increments.h"

#include <fmt/format.h>

#include <algorithm>
#include <thread>

#include "compiler/diag/kinds.h"
#include "runtime/exec/key_values.h"
#include "runtime/exec/unit_run.h"
#include "stdlib/expr/operators.h"
#include "stdlib/types/calendar.h"

namespace syncline::exec {
namespace {

using types::WriteMode;

constexpr std::chrono::milliseconds kPause{200};
constexpr std::chrono::seconds kPatience{600};  ///< where ERRORS gives no timeout
constexpr int kLooks = 15;                      ///< kPause apart, until a source that cannot tell what is open is believed
constexpr std::int64_t kOverlapMicros = 600'000'000;
constexpr std::int64_t kOverlapValues = 10'000;

const plan::KeyIncrement* key_of(const TableJob& job) {
  return job.step != nullptr && job.step->key ? &*job.step->key : nullptr;
}

bool is_timed(const types::Column& column) {
  using types::TypeKind;
  const TypeKind kind = column.logical.kind;
  return kind == TypeKind::date || kind == TypeKind::timestamp || kind == TypeKind::timestamp_local;
}

bool is_text(const types::Column& column) {
  return column.logical.kind == types::TypeKind::string;
}

/// Rows that are written again do no harm.
bool idempotent(const TableJob& job) {
  return job.step->mode != WriteMode::append;
}

bool looks_back(const plan::KeyIncrement& key) {
  return key.lookback || key.lookback_values.value_or(0) > 0;
}

std::string instant_text(std::int64_t micros) {
  return types::to_text(types::Timestamp{micros});
}

/// `value - amount` for the first column: what LOOKBACK re-reads.
types::Value moved_back(const types::Value& value, const types::Value& amount) {
  const expr::Type type = expr::type_of(value);
  return expr::arithmetic(expr::Op::subtract, type, value, amount, "UTC");
}

/// A column of the target table as it is, with the logical type that the load gives it; nothing: it has none of this name.
std::optional<types::Column> target_column(const TableJob& job, const std::string& name) {
  const types::Column* existing = job.load.existing->find_column(name);
  if (existing == nullptr) return std::nullopt;
  types::Column column = *existing;
  if (const types::Column* planned = job.load.desired.find_column(name)) column.logical = planned->logical;
  return column;
}

/// From the watermark on: behind it where no row of the same key can come later, with a margin where LOOKBACK says so or where
/// late rows cannot be told.
expr::ExprPtr lower_bound(const TableJob& job, const plan::KeyIncrement& key, KeyValues low, const Settled& settled, bool exact) {
  const types::Column& first = key.columns.front();
  types::Value margin;
  if (key.lookback) margin = *key.lookback;
  if (key.lookback_values.value_or(0) > 0) margin = *key.lookback_values;
  if (types::is_null(margin) && !settled.bounded && !key.lookback_values && idempotent(job) && !is_text(first)) {
    if (is_timed(first)) margin = types::Interval{0, first.logical.kind == types::TypeKind::date ? 1 : 0, 0};
    if (is_timed(first) && first.logical.kind != types::TypeKind::date) margin = types::Interval{0, 0, kOverlapMicros};
    if (!is_timed(first)) margin = kOverlapValues;
  }
  if (!types::is_null(margin)) return after({first}, {moved_back(low.front(), margin)}, Edge::included);
  return after(key.columns, low, exact || !idempotent(job) ? Edge::excluded : Edge::included);
}

}  // namespace

Increments::Watched& Increments::watched(const TableJob& job) {
  const std::lock_guard lock(mutex_);
  return horizons_[job.sync->source_connection];
}

template <class Ask>
auto Increments::ask(const TableJob& job, const Ask& question) {
  Watched& source = watched(job);
  const std::lock_guard lock(source.mutex);
  try {
    const Sources::Source& from = context_.sources.source(job.sync->source_connection);
    if (!source.horizon) source.horizon = from.connector->open_horizon(from.spec);
    return question(*source.horizon);
  } catch (const connectors::ConnectorError&) {
    source.horizon.reset();
    throw;
  }
}

connectors::OpenWork Increments::look(const TableJob& job) {
  return ask(job, [](connectors::Horizon& horizon) { return horizon.look(); });
}

connectors::OpenWork Increments::look_twice(const TableJob& job, const Watch& watch) {
  connectors::OpenWork open = look(job);
  std::atomic<bool>& untold = watched(job).untold;
  for (int looks = 1; !open.known && !untold && watch.stopped() == Stop::none; ++looks) {
    if (looks == kLooks) untold = true;
    std::this_thread::sleep_for(kPause);
    open = look(job);
  }
  return open;
}

void Increments::wait(const TableJob& job, const Watch& watch, const std::string& until, const std::function<bool()>& ready,
                      const std::function<std::string()>& holder) {
  const auto timeout = job.plan->errors.timeout.count() > 0 ? job.plan->errors.timeout : kPatience;
  bool told = false;
  while (!ready()) {
    const Stop stop = watch.stopped();
    if (stop != Stop::none && stop != Stop::timeout) throw Unsettled{};
    if (stop == Stop::timeout || watch.age() > timeout) {
      throw Unsettled{
          diag::SourceUnsettled(job.sync->source_connection, until, "still open is " + holder())
              .with_help("end that transaction, or run again when it has ended; ERRORS (timeout = …) says how long to wait")};
    }
    if (!told) context_.board.note(fmt::format("{} waits for {}", job.plan->address, holder()));
    told = true;
    std::this_thread::sleep_for(kPause);
  }
}

Settled Increments::settle(const TableJob& job, const Watch& watch) {
  if (job.step == nullptr) return {};
  if (key_of(job) != nullptr) return settle_key(job, watch);
  if (!job.step->settled_until) return {};
  const std::int64_t until = *job.step->settled_until;
  connectors::OpenWork open = look_twice(job, watch);
  Settled settled;
  if (!open.known) {
    if (!job.plan->errors.accept_unsettled) {
      diag::Diagnostic refused =
          diag::NoSafeBound(job.plan->address, open.why)
              .with_help("ERRORS (unsettled_source = warn) accepts that rows of transactions still open now are missed");
      if (!open.help.empty()) refused.help.insert(refused.help.begin(), open.help);
      throw Unsettled{std::move(refused)};
    }
    settled.note = "transactions that are still open were not waited for: " + open.why;
    return settled;
  }
  wait(
      job, watch, instant_text(until),
      [&] {
        open = look(job);
        return open.known && open.oldest >= until;
      },
      [&] { return open.holder.empty() ? "the end of the window" : open.holder; });
  settled.bounded = true;
  return settled;
}

Settled Increments::settle_key(const TableJob& job, const Watch& watch) {
  const plan::KeyIncrement& key = *key_of(job);
  Settled settled;
  if (key.lookback_values == 0) return settled;
  const connectors::OpenWork open = looks_back(key) ? look(job) : look_twice(job, watch);
  if (!open.known) {
    if (looks_back(key)) return settled;
    if (!idempotent(job) && !job.plan->errors.accept_unsettled) {
      diag::Diagnostic refused =
          diag::NoSafeBound(job.plan->address, open.why)
              .with_help("write with UPSERT and a LOOKBACK, or say LOOKBACK 0 VALUES where rows never arrive late");
      if (!open.help.empty()) refused.help.insert(refused.help.begin(), open.help);
      throw Unsettled{std::move(refused)};
    }
    settled.note = fmt::format("open transactions cannot be seen ({}): {} are read again each time", open.why,
                               is_timed(key.columns.front()) ? "the last 10 minutes" : "the last 10,000 values");
    return settled;
  }
  settled.bounded = true;
  if (is_timed(key.columns.front())) {
    settled.below = open.oldest;
    return settled;
  }
  connectors::SnapshotRequest request;
  request.tables = {job.plan->source};
  const Sources::Source& source = context_.sources.source(job.sync->source_connection);
  settled.up_to = greatest_key(*source.connector->open_snapshot(source.spec, request), job.read, key.columns);
  wait(
      job, watch, settled.up_to.empty() ? "now" : types::to_text(settled.up_to.front()),
      [&] { return ask(job, [&](connectors::Horizon& horizon) { return horizon.ended(open); }); },
      [&] { return open.holder.empty() ? "open transactions" : open.holder; });
  return settled;
}

std::vector<types::Value> Increments::greatest_in_target(const TableJob& job) const {
  if (!job.load.existing) return {};
  const plan::KeyIncrement& key = *key_of(job);
  std::vector<types::Column> columns;
  for (const std::string& name : key.target_columns) {
    const auto column = target_column(job, name);
    if (!column) return {};
    columns.push_back(*column);
  }
  connectors::SnapshotRequest request;
  request.tables = {job.load.existing->name};
  connectors::ReadRequest read;
  read.table = job.load.existing->name;
  for (const plan::Discriminator& one : job.plan->discriminators) {
    const auto column = target_column(job, one.column);
    if (!column) return {};
    const KeyValues own = types::is_null(one.value) ? KeyValues{one.value} : from_texts({types::to_text(one.value)}, {*column});
    read.filter.portable = all_of(read.filter.portable, equal_to({*column}, own));
  }
  return greatest_key(*target_.connector->open_snapshot(target_.spec, request), read, columns);
}

std::vector<types::Value> Increments::recorded_key(const TableJob& job) const {
  const plan::KeyIncrement& key = *key_of(job);
  const types::Progress& own = job.load.progress.front();
  std::vector<std::string> names;
  for (const types::Column& column : key.columns) names.push_back(column.name);
  const types::Progress* newest = nullptr;
  const auto recorded = target_.connector->open_target_state(target_.spec)->progress({own.sync});
  for (const types::Progress& one : recorded) {
    const bool ours = one.unit == own.unit && one.target == own.target && one.key_columns == names && !one.watermark.empty();
    // What an increment reached lies behind what the FULL phase reached.
    if (ours && (newest == nullptr || one.phase == types::Phase::key)) newest = &one;
  }
  return newest == nullptr ? KeyValues() : from_texts(newest->watermark, key.columns);
}

std::optional<types::TableSchema> Increments::describe(const types::ObjectName& table) const {
  auto found = target_.connector->open_introspector(target_.spec)->describe({table});
  if (found.empty()) return std::nullopt;
  return std::move(found.front());
}

void Increments::govern_null_keys(const TableJob& job, connectors::Snapshot& snapshot) const {
  const plan::KeyIncrement& key = *key_of(job);
  const plan::NullKeys policy = job.plan->errors.null_keys;
  if (policy == plan::NullKeys::copy) return;
  std::vector<types::Column> nullable;
  std::string names;
  for (const types::Column& column : key.columns) {
    if (!column.nullable) continue;
    nullable.push_back(column);
    names += (names.empty() ? "`" : ", `") + column.name + "`";
  }
  if (nullable.empty()) return;
  const std::uint64_t rows = rows_without(snapshot, job.read, job.filter, nullable);
  if (rows == 0) return;
  diag::Diagnostic told = diag::NullKeys(job.plan->address, rows, names);
  if (policy == plan::NullKeys::warn) {
    return context_.board.add_note(
        job.id, std::string(diag::info(told.code).text) + " " + told.message.substr(told.message.find(": ") + 2));
  }
  throw Unsettled{std::move(told).with_help(
      "give them a value in the source, or say ERRORS (null_keys = copy) with UPSERT: every increment reads them again then")};
}

bool Increments::bound(TableJob& job, connectors::Snapshot& snapshot, const Settled& settled) {
  if (key_of(job) == nullptr) return true;
  const plan::KeyIncrement& key = *key_of(job);
  const bool whole = job.step->phase == types::Phase::full;
  const expr::ExprPtr filter = job.filter;
  expr::ExprPtr upper;
  if (settled.below) upper = below_instant(key.columns.front(), *settled.below, job.read.naive_timezone);
  if (!settled.up_to.empty()) upper = before(key.columns, settled.up_to, Edge::included);

  KeyValues low;
  if (!whole) low = key.from_target ? greatest_in_target(job) : recorded_key(job);
  const bool exact = key.unique || settled.below.has_value();
  expr::ExprPtr lower;
  if (!low.empty()) lower = lower_bound(job, key, low, settled, exact);
  if (!low.empty()) govern_null_keys(job, snapshot);
  const bool with_nulls = low.empty() || job.plan->errors.null_keys == plan::NullKeys::copy;

  connectors::ReadRequest asked = job.read;
  asked.filter.portable = all_of(all_of(filter, lower), upper);
  KeyValues high = greatest_key(snapshot, asked, key.columns);
  const bool hold_back = !whole && !idempotent(job) && !exact && !high.empty();
  if (hold_back) {
    // More rows of the last group may still come, and an append cannot take them later.
    asked.filter.portable = all_of(asked.filter.portable, before(key.columns, high, Edge::excluded));
    high = greatest_key(snapshot, asked, key.columns);
  }
  if (high.empty() && !whole && !with_nulls) return false;
  if (!high.empty()) upper = before(key.columns, high, Edge::included);
  expr::ExprPtr range = all_of(lower, upper);
  // Rows without a key come with the first extraction only, unless the script asks for them: no increment ever finds them.
  if (with_nulls && range) range = any_of(range, any_null(key.columns));
  job.read.filter.portable = all_of(filter, range);
  types::Progress& progress = job.load.progress.front();
  progress.key_columns.clear();
  for (const types::Column& column : key.columns) progress.key_columns.push_back(column.name);
  progress.watermark = to_texts(high.empty() ? low : high);
  return true;
}

}  // namespace syncline::exec
