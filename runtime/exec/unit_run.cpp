#include "runtime/exec/unit_run.h"

#include <fmt/format.h>

#include <map>

#include "compiler/diag/kinds.h"
#include "connectors/api/row_names.h"
#include "runtime/exec/covers.h"
#include "runtime/exec/known_tables.h"
#include "runtime/exec/members.h"
#include "runtime/exec/pipeline.h"
#include "stdlib/base/failpoint.h"
#include "stdlib/base/text.h"
#include "stdlib/expr/row_key.h"
#include "stdlib/expr/row_transform.h"

namespace syncline::exec {
namespace {

using observe::TableState;

/// Ends a unit for a reason of our own; carries its diagnostic.
struct UnitRefused {
  diag::Diagnostic diagnostic;
};
/// The watch said stop.
struct UnitStopped {};
/// Its turn to publish did not come.
struct UnitOvertaken {};

using PolicyUses = std::vector<std::pair<std::string, std::uint64_t>>;

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
    rows_.resize(unit.tables.size());
  }

  void run() {
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
    context_.board.start(job().id, unit_.attempt);
    side_ = Side::target;
    context_.loader.open(table_);
    context_.watch.flowing(true);
    std::uint64_t rows = 0;
    for (const TableJob* part : parts_[table_]) {
      part_ = part;
      const StreamEnd end = copy_rows(stream);
      note_policies(end.policy_uses);
      rows += end.rows;
    }
    part_ = nullptr;
    context_.watch.flowing(false);
    side_ = Side::target;
    const connectors::StagedRows staged = context_.loader.close();
    verify(rows, staged);
    guard_against_emptiness(rows);
    rows_[table_] = rows;
    context_.board.enter(job().id, TableState::building);
    failpoint("index.before");
    context_.loader.build(table_);
    check_stop();
  }

  StreamEnd copy_rows(RowStream& stream) {
    expr::RowTransform transform(recipes(), context_.environment, job().plan->errors.values);
    const bool untouched = job().plan->relay || transform.identity();
    std::optional<CoversCheck> covers;
    if (part().step->covers) covers.emplace(*part().step->covers, part().read, part().instance);
    std::uint64_t rows_before = 0;
    for (;;) {
      check_stop();
      side_ = Side::source;
      types::Batch* batch = stream.next();
      if (batch == nullptr) break;
      const std::uint64_t rows = batch->relay ? batch->relay_rows : batch->rows();
      const std::uint64_t bytes = batch->byte_size();
      try {
        if (covers) stay_inside(*covers, *batch, rows_before);
        if (!untouched) transform.apply(*batch);
        side_ = Side::target;
        failpoint("load.batch");
        context_.loader.write(*batch);
      } catch (const expr::RowError& error) {
        throw named(error, *batch, rows_before);
      }
      context_.watch.moved();
      context_.board.add_rows(job().id, rows, bytes);
      rows_before += rows;
    }
    note_policies(transform.policy_uses());
    return stream.ended();
  }

  /// The error with its row's key, or with the row's number where there is no key.
  [[nodiscard]] expr::ValueError named(const expr::RowError& error, const types::Batch& batch, std::uint64_t rows_before) const {
    const expr::RowKey key = side_ == Side::source ? source_row_key(part().read) : target_row_key(job().load);
    expr::ValueError named = error;
    named.row_key = key.empty() ? expr::row_number(rows_before + error.row + 1) : key.of(batch, error.row);
    return named;
  }

  [[nodiscard]] std::vector<expr::ColumnRecipe> recipes() const {
    std::vector<expr::ColumnRecipe> made;
    for (const auto& column : part().plan->columns) {
      expr::ColumnRecipe recipe = column.recipe;
      if (recipe.expression) recipe.expression = expr::fold(recipe.expression, part().instance);
      fix_partition(recipe);
      made.push_back(std::move(recipe));
    }
    return made;
  }

  void stay_inside(const CoversCheck& covers, const types::Batch& batch, std::uint64_t rows_before) const {
    const auto outside = covers.look(batch);
    if (!outside) return;
    const expr::RowKey key = source_row_key(part().read);
    const std::string row = key.empty() ? expr::row_number(rows_before + outside->row + 1) : key.of(batch, outside->row);
    refuse(diag::OutsideCovers(plan_name(), part().step->covers->column, outside->value, covers.from(), covers.to())
               .with_help("row " + row + ": the native condition lets more through than COVERS says; mend one of them"));
  }

  /// INTO PARTITION and PARTITION BY of this load, where all its rows have one value.
  void fix_partition(expr::ColumnRecipe& recipe) const {
    const auto& columns = job().load.partition_columns;
    const auto& values = job().load.partition_values;
    for (std::size_t at = 0; at < values.size(); ++at) {
      if (columns[at] != recipe.target_column) continue;
      recipe.kind = expr::ColumnRecipe::Kind::constant;
      recipe.constant = values[at];
      recipe.expression = nullptr;
    }
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
    const types::WriteMode mode = job().step->mode;
    const bool clears = mode == types::WriteMode::recreate || mode == types::WriteMode::truncate;
    if (read > 0 || !clears || job().target_rows <= 0 || job().plan->errors.allow_empty_source) return;
    refuse(diag::EmptySource(plan_name(), static_cast<std::uint64_t>(job().target_rows))
               .with_help("if that is right, say ERRORS (empty_source = allow)"));
  }

  void publish() {
    check_stop();
    if (!context_.order.await_turn(job().id, context_.watch)) {
      check_stop();
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
    if (unit_.tables.size() == 1) note_policies(context_.loader.policy_uses());
  }

  void check_stop() const {
    if (context_.watch.stopped() != Stop::none) throw UnitStopped{};
  }

  [[noreturn]] void refuse(diag::Diagnostic diagnostic) const {
    const Where at = here();
    diagnostic.sync = at.sync;
    diagnostic.table = at.address;
    diagnostic.connection = at.connection;
    throw UnitRefused{std::move(diagnostic)};
  }

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
  std::vector<std::vector<std::string>> notes_;
  std::vector<std::uint64_t> rows_;
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
  context.loader.abort();
  return failed;
}

}  // namespace syncline::exec
