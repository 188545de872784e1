#include "runtime/exec/unit_run.h"

#include <fmt/format.h>

#include <algorithm>

#include "compiler/diag/kinds.h"
#include "runtime/exec/known_tables.h"
#include "runtime/exec/members.h"
#include "runtime/exec/pipeline.h"
#include "runtime/exec/row_copy.h"
#include "runtime/exec/split_copy.h"
#include "stdlib/base/failpoint.h"
#include "stdlib/base/text.h"

namespace syncline::exec {
namespace {

using observe::TableState;

/// Commits of several sessions are smaller, so that all of them together hold as much in memory as one would.
constexpr std::size_t kLeastCommit = 4U << 20U;

/// Its turn to publish did not come.
struct UnitOvertaken {};

/// One unit under way. Remembers what it is doing, so that a failure can say where.
class UnitRun {
 public:
  UnitRun(const Unit& unit, const UnitContext& context) : unit_(unit), context_(context) {
    for (TableJob* job : unit.tables) {
      loads_.push_back(&job->load);
      parts_.push_back(parts_of(*job));
      for (const TableJob* part : parts_.back()) reads_.push_back(&part->read);
    }
    notes_.resize(unit.tables.size());
  }

  void run() {
    if (job().plan->split) return run_split();
    side_ = Side::target;
    context_.loader.begin_unit(loads_);
    {
      RowStream stream(context_.snapshot, reads_, context_.watch);
      for (table_ = 0; table_ < unit_.tables.size(); ++table_) load(stream);
    }
    table_ = 0;
    part_ = nullptr;
    publish();
  }

  [[nodiscard]] UnitFailure failure(const connectors::ConnectorError& error) const {
    UnitFailure failed = failure(describe(error, here()), error.kind);
    failed.in_doubt = error.in_doubt && appends();
    return failed;
  }
  [[nodiscard]] UnitFailure failure(diag::Diagnostic diagnostic, std::optional<connectors::ErrorKind> kind = std::nullopt) const {
    UnitFailure failed;
    failed.diagnostic = std::move(diagnostic);
    failed.kind = kind;
    failed.stopped = context_.watch.stopped();
    failed.side = side_;
    failed.table = table_;
    return failed;
  }
  [[nodiscard]] Where here() const { return where(part(), side_); }
  [[nodiscard]] const TableJob& job() const { return *unit_.tables[table_]; }
  /// The source table that is read, where several go into one; else the job.
  [[nodiscard]] const TableJob& part() const { return part_ != nullptr ? *part_ : job(); }

 private:
  void load(RowStream& stream) {
    open_table();
    Copied copied;
    for (const TableJob* part : parts_[table_]) {
      part_ = part;
      RowCopy copy({job(), *part}, context_, side_);
      copy.run(stream, {context_.loader});
      copied.add(copy);
    }
    part_ = nullptr;
    context_.watch.flowing(false);
    side_ = Side::target;
    finish_rows(copied.rows, copied.uses);
  }

  void open_table() {
    context_.board.start(job().id, unit_.attempt);
    side_ = Side::target;
    context_.loader.open(table_);
    context_.watch.flowing(true);
  }

  /// All rows are sent: they have to be there, then keys and indexes are built.
  void finish_rows(std::uint64_t rows, const PolicyUses& uses) {
    const connectors::StagedRows staged = context_.loader.close();
    verify(rows, staged);
    guard_against_emptiness(rows);
    note_policies(uses);
    context_.board.enter(job().id, TableState::building);
    failpoint("index.before");
    context_.loader.build(table_);
    check_stop(context_.watch);
  }

  /// One table, read by several sessions. It is cut before the target is touched: that may take its time.
  void run_split() {
    side_ = Side::source;
    const std::vector<connectors::ReadRequest> requests = range_requests(job(), context_);
    check_stop(context_.watch);
    notes_[0].push_back(split_note(job(), context_, requests.size()));
    side_ = Side::target;
    shared_ = job().load;
    shared_.batch_bytes = std::max(kLeastCommit, shared_.batch_bytes / (context_.joined.size() + 1));
    context_.loader.begin_unit({&shared_});
    open_table();
    int session = 0;
    for (connectors::Loader* loader : context_.joined) loader->join(shared_, ++session);
    const Copied copied = copy_ranges(requests, job(), context_, side_);
    context_.watch.flowing(false);
    side_ = Side::target;
    for (connectors::Loader* loader : context_.joined) {
      context_.loader.joined(loader->close());
      note_policies(uses_of(*loader));
    }
    finish_rows(copied.rows, copied.uses);
    publish();
  }

  /// Rows read from the complete stream = sent = reported by the server = counted in staging (DECISIONS 15).
  void verify(std::uint64_t read, const connectors::StagedRows& staged) const {
    const bool counted = staged.counted < 0 || static_cast<std::uint64_t>(staged.counted) == read;
    if (read == staged.sent && read == staged.reported && counted) return;
    std::string detail = fmt::format("{} read, {} sent, {} reported by the server", read, staged.sent, staged.reported);
    if (staged.counted >= 0) detail += fmt::format(", {} counted in staging", staged.counted);
    refuse(
        diag::VerifyMismatch(plan_name(), detail).with_help("the old content is kept; run it again, and report it if it stays"));
  }

  void guard_against_emptiness(std::uint64_t read) const {
    if (read > 0 || !types::replaces_rows(job().step->mode) || job().target_rows <= 0 || job().plan->errors.allow_empty_source)
      return;
    refuse(diag::EmptySource(plan_name(), static_cast<std::uint64_t>(job().target_rows))
               .with_help("if that is right, say ERRORS (empty_source = allow)"));
  }

  void publish() {
    check_stop(context_.watch);
    if (!context_.order.await_turn(job().id, context_.watch)) {
      check_stop(context_.watch);
      throw UnitOvertaken{};
    }
    for (const TableJob* job : unit_.tables) context_.board.enter(job->id, TableState::publishing);
    failpoint("swap.before");
    const std::vector<std::string> notes = context_.loader.publish();
    note_loader_policies();
    for (std::size_t at = 0; at < unit_.tables.size(); ++at) finish(at, at == 0 ? notes : std::vector<std::string>());
  }

  void finish(std::size_t at, const std::vector<std::string>& notes) {
    TableJob& job = *unit_.tables[at];
    job.committed = true;
    std::vector<std::string> all = followed_changes(job);
    all.insert(all.end(), notes_[at].begin(), notes_[at].end());
    all.insert(all.end(), notes.begin(), notes.end());
    auto failure = context_.hooks.after_table(job, unit_.attempt, &context_.watch, all);
    context_.board.finish(job.id, types::to_string(job.step->mode), std::move(all));
    if (failure) context_.board.complain(job.id, std::move(*failure));
  }

  void note_policies(const PolicyUses& uses) {
    for (const auto& [column, count] : uses) {
      if (count == 0) continue;
      const char* values = count == 1 ? "value" : "values";
      notes_[table_].push_back(fmt::format("`{}`: {} {} replaced as ERRORS says", column, text::grouped(count), values));
    }
  }

  void note_loader_policies() {
    if (unit_.tables.size() == 1) note_policies(uses_of(context_.loader));
  }

  static PolicyUses uses_of(const connectors::Loader& loader) {
    PolicyUses uses;
    add_uses(uses, loader.policy_uses());
    return uses;
  }

  [[noreturn]] void refuse(diag::Diagnostic diagnostic) const { exec::refuse(std::move(diagnostic), here()); }

  [[nodiscard]] std::string plan_name() const { return types::to_string(part().plan->source); }
  [[nodiscard]] bool appends() const {
    for (const TableJob* job : unit_.tables) {
      if (job->step->mode == types::WriteMode::append) return true;
    }
    return false;
  }

  const Unit& unit_;
  const UnitContext& context_;
  std::vector<const connectors::LoadTable*> loads_;
  std::vector<const connectors::ReadRequest*> reads_;
  connectors::LoadTable shared_;  ///< of a split table: what all its loaders are told
  std::vector<std::vector<std::string>> notes_;
  std::vector<std::vector<TableJob*>> parts_;
  std::size_t table_ = 0;
  const TableJob* part_ = nullptr;
  Side side_ = Side::target;
};

}  // namespace

Where where(const TableJob& job, Side side) {
  Where at;
  at.sync = job.sync->name;
  at.address = job.plan->address;
  at.side = side;
  at.object = types::to_string(side == Side::source ? job.plan->source : job.plan->target);
  at.connection = side == Side::source ? job.sync->source_connection : job.sync->target_connection;
  return at;
}

diag::Diagnostic describe_stop(Stop stopped, const TableJob& job, std::chrono::seconds stall_timeout) {
  diag::Diagnostic made;
  if (stopped == Stop::stalled) {
    made = diag::Stalled(job.plan->address, text::human_duration(static_cast<double>(stall_timeout.count())))
               .with_help("the connection counts as lost; run it again when both servers answer");
  } else if (stopped == Stop::timeout) {
    made = diag::TimedOut(job.plan->address, text::human_duration(static_cast<double>(job.plan->errors.timeout.count())))
               .with_help("give it more with ERRORS (timeout = …)");
  } else {
    made = diag::NotStarted(job.plan->address, "the run was interrupted; the old content stays").with_help("run it again");
  }
  made.sync = job.sync->name;
  made.table = job.plan->address;
  return made;
}

std::optional<UnitFailure> run_unit(const Unit& unit, const UnitContext& context) noexcept {
  UnitRun run(unit, context);
  std::optional<UnitFailure> failed;
  try {
    run.run();
    return std::nullopt;
  } catch (const connectors::ConnectorError& error) {
    failed = run.failure(error);
  } catch (const expr::ValueError& error) {
    failed = run.failure(describe(error, run.here()));
  } catch (const UnitRefused& refused) {
    failed = run.failure(refused.diagnostic);
  } catch (const UnitStopped&) {
    failed = run.failure(diag::Diagnostic{});
  } catch (const UnitOvertaken&) {
    failed = run.failure(diag::Diagnostic{});
    failed->overtaken = true;
  } catch (const std::bad_alloc&) {
    failed = run.failure(describe_unexpected("out of memory", run.here()));
  } catch (const std::exception& error) {
    failed = run.failure(describe_unexpected(error.what(), run.here()));
  }
  context.watch.flowing(false);
  // Those that joined first: their open chunks hold locks on the staging that the other one drops.
  for (connectors::Loader* joined : context.joined) joined->abort();
  context.loader.abort();
  return failed;
}

}  // namespace syncline::exec
