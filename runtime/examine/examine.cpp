#include "runtime/examine/examine.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <tuple>

#include "compiler/diag/kinds.h"
#include "compiler/plan/summary.h"
#include "connectors/api/connector.h"
#include "runtime/examine/key_sample.h"
#include "runtime/examine/native_place.h"
#include "runtime/exec/failures.h"
#include "runtime/exec/key_values.h"
#include "runtime/exec/parameters.h"
#include "runtime/introspect/resolve.h"
#include "runtime/lower/lower.h"
#include "stdlib/base/text.h"
#include "stdlib/types/calendar.h"
#include "stdlib/types/zone.h"

namespace syncline::examine {
namespace {

using connectors::ConnectorError;
using connectors::ErrorKind;
using types::TypeKind;

/// Smaller ones are read in seconds.
constexpr std::int64_t kBigTable = 1'000'000;
constexpr std::int64_t kHalfYear = 182 * types::kMicrosPerDay;

/// The fault of the session or of the moment, not of what was asked.
bool of_the_session(ErrorKind kind) {
  return kind == ErrorKind::transient || kind == ErrorKind::unreachable || kind == ErrorKind::auth || kind == ErrorKind::locked ||
         kind == ErrorKind::cancelled || kind == ErrorKind::full || kind == ErrorKind::setup;
}

/// "1e8": the power of ten next to a number.
std::string rough(std::int64_t number) {
  int zeros = 0;
  std::int64_t power = 1;
  for (; power <= number / 10; power *= 10) ++zeros;
  return fmt::format("1e{}", number >= power * 3 ? zeros + 1 : zeros);
}

bool begins_an_index(const types::TableSchema& schema, const std::string& column) {
  if (!schema.primary_key.columns.empty() && schema.primary_key.columns.front() == column) return true;
  return std::any_of(schema.indexes.begin(), schema.indexes.end(),
                     [&](const types::Index& index) { return !index.columns.empty() && index.columns.front().name == column; });
}

/// One table of a sync, or one of a shard group.
struct Subject {
  const plan::Sync& sync;
  const plan::Table& table;
  const plan::Load& load;
  [[nodiscard]] std::string name() const { return types::to_string(table.source); }
  [[nodiscard]] bool is_increment() const { return table.specimen.has_value(); }
};

class Examination {
 public:
  Examination(const plan::Plan& plan, const connectors::Registry& registry, std::int64_t now, diag::Sink& sink)
      : plan_(plan), registry_(registry), now_(now), sink_(sink) {
    exec::RunOptions options;
    options.run_id = "check";
    options.started_at = now;
    environment_ = exec::run_environment(plan, options);
  }

  void run() {
    for (const plan::Sync& sync : plan_.syncs) {
      for (const plan::Table& table : sync.tables) {
        std::optional<diag::Diagnostic> guess;
        if (table.members.empty()) guess = look_at(sync, table);
        for (const plan::Table& member : table.members)
          if (auto other = look_at(sync, member); other && !guess) guess = std::move(other);
        if (guess) sink_.emit(std::move(*guess));
      }
    }
    for (const auto& [place, refusal] : refusals_) tell(refusal);
    for (const auto& [connection, stamped] : stamped_) tell(connection, stamped);
  }

 private:
  struct Source {
    connectors::ConnectionSpec spec;
    const connectors::Connector* connector = nullptr;
    std::unique_ptr<connectors::Examiner> examiner;  ///< null: it is asked no more
    bool bound_asked = false;
    std::optional<connectors::ServerClock> clock;
    bool clock_asked = false;
  };

  /// A native text that a source refuses with one message, for tables of one or several shapes.
  struct Refusal {
    diag::Diagnostic finding;
    std::vector<std::string> tables;
  };
  using Place = std::tuple<source::SourceId, std::uint32_t, std::string>;

  /// Columns that a server fills in by another clock than increments read them by.
  struct Stamped {
    diag::Diagnostic finding;
    std::vector<std::string> tables;
  };

  /// What of a missing index is left to guess: nothing where the source has shown how it reads the table.
  std::optional<diag::Diagnostic> look_at(const plan::Sync& sync, const plan::Table& table) {
    const plan::Load* load = table.specimen ? &*table.specimen : table.loads.empty() ? nullptr : &table.loads.front();
    if (load == nullptr || table.gone || table.read_columns.empty()) return table.index_guess;
    const Subject subject{sync, table, *load};
    Source& source = open(sync.source_connection);
    if (!source.examiner) return table.index_guess;
    try {
      if (look_at(subject, source)) return std::nullopt;
    } catch (const ConnectorError& error) {
      if (of_the_session(error.kind)) source.examiner.reset();
      sink_.emit(exec::describe(error, where(subject)));
    } catch (const std::exception& error) {
      sink_.emit(diag::Evaluation(error.what()).for_table(sync.name, subject.name()));
    }
    return table.index_guess;
  }

  /// True: the source has shown how it reads the table.
  bool look_at(const Subject& subject, Source& source) {
    connectors::ReadRequest request =
        lower::read_request(subject.table, subject.load, plan::instance_environment(environment_, subject.load));
    request.naive_timezone = source.spec.timezone;
    if (subject.load.key) {
      const bool with_nulls = subject.table.errors.null_keys == plan::NullKeys::copy;
      request.filter.portable = exec::all_of(request.filter.portable, key_sample(*subject.load.key, with_nulls, now_));
    }
    if (!is_accepted(subject, *source.examiner, request) || !subject.is_increment()) return false;
    const bool shown = look_for_scan(subject, *source.examiner, request);
    look_at_clock(subject, source);
    look_for_bound(subject, source);
    return shown;
  }

  Source& open(const std::string& connection) {
    const auto [found, fresh] = sources_.try_emplace(connection);
    Source& source = found->second;
    if (!fresh) return source;
    const plan::Connection& named = plan_.connections.at(connection);
    source.connector = registry_.connector(named.engine);
    if (source.connector == nullptr) return source;
    try {
      source.spec = introspect::resolve(named);
      source.examiner = source.connector->open_examiner(source.spec);
    } catch (const ConnectorError& error) {
      if (error.kind != ErrorKind::unsupported)
        sink_.emit(exec::describe(error, exec::Where{"", "", "", connection, exec::Side::source}));
    }
    return source;
  }

  static exec::Where where(const Subject& subject) {
    return {subject.sync.name, subject.name(), subject.name(), subject.sync.source_connection, exec::Side::source};
  }

  // --- SY8006

  /// Tables of one shape are one question.
  static std::string question(const Subject& subject) {
    std::string text = subject.sync.source_connection;
    for (const plan::NativePart& part : subject.load.native_parts)
      text += fmt::format("\n{}:{}", part.span.source, part.span.begin);
    return text + "\n" + types::column_fingerprint(subject.table.source_schema);
  }

  static std::optional<ConnectorError> refusal(connectors::Examiner& examiner, const connectors::ReadRequest& request) {
    try {
      examiner.prepare(request);
      return std::nullopt;
    } catch (const ConnectorError& error) {
      if (of_the_session(error.kind)) throw;
      return error;
    }
  }

  /// False: the source refuses the statement, which has been told.
  bool is_accepted(const Subject& subject, connectors::Examiner& examiner, const connectors::ReadRequest& request) {
    if (subject.load.native_parts.empty()) return true;
    const auto [known, fresh] = answers_.try_emplace(question(subject), nullptr);
    if (!fresh) {
      if (known->second != nullptr) known->second->tables.push_back(subject.name());
      return known->second == nullptr;
    }
    const std::optional<ConnectorError> whole = refusal(examiner, request);
    if (!whole) return true;
    connectors::ReadRequest plain = request;
    plain.filter = {};
    if (const auto other = refusal(examiner, plain)) throw ConnectorError(*other);
    const auto [part, error] = guilty(subject, examiner, plain, request, *whole);
    const Place place{part->span.source, part->span.begin, error.what()};
    Refusal& told = refusals_[place];
    told.tables.push_back(subject.name());
    known->second = &told;
    if (told.tables.size() > 1) return false;
    told.finding = diag::NativeRefused(subject.sync.source_connection, subject.name(), error.what())
                       .at(place_of(*part, error.what()))
                       .for_table(subject.sync.name, subject.name())
                       .for_connection(subject.sync.source_connection);
    if (!error.help.empty()) told.finding.help.push_back(error.help);
    return false;
  }

  /// The part that is refused on its own, with its message; the first one where only all of them together are.
  static std::pair<const plan::NativePart*, ConnectorError> guilty(const Subject& subject, connectors::Examiner& examiner,
                                                                   const connectors::ReadRequest& plain,
                                                                   const connectors::ReadRequest& request,
                                                                   const ConnectorError& whole) {
    for (const plan::NativePart& part : subject.load.native_parts) {
      connectors::ReadRequest alone = plain;
      alone.filter.native = part.text;
      alone.filter.native_binds = request.filter.native_binds;
      if (const auto error = refusal(examiner, alone)) return {&part, *error};
    }
    return {&subject.load.native_parts.front(), whole};
  }

  void tell(const Refusal& refusal) {
    diag::Diagnostic finding = refusal.finding;
    const std::vector<std::string> others(refusal.tables.begin() + 1, refusal.tables.end());
    if (!others.empty()) finding.notes.push_back("so for " + text::sample_list(others));
    sink_.emit(std::move(finding));
  }

  // --- SY8007

  /// False: the source was not asked.
  bool look_for_scan(const Subject& subject, connectors::Examiner& examiner, const connectors::ReadRequest& request) {
    const types::TableSchema& schema = subject.table.source_schema;
    if (schema.row_estimate < kBigTable || !selects_part(subject, request)) return false;
    const connectors::AccessPath path = examiner.plan(request);
    if (!path.whole_table || (path.rows >= 0 && path.rows < kBigTable)) return true;
    const std::string column = column_of(subject);
    diag::Diagnostic finding =
        diag::FullScan(subject.name(), rough(path.rows >= 0 ? path.rows : schema.row_estimate), subject.sync.source_connection,
                       column.empty() ? "its condition" : "`" + column + "`")
            .at(subject.table.increment_span)
            .for_table(subject.sync.name, subject.name())
            .for_column(column)
            .for_connection(subject.sync.source_connection);
    finding.help.push_back(remedy(subject, column, path));
    sink_.emit(std::move(finding));
    return true;
  }

  static bool selects_part(const Subject& subject, const connectors::ReadRequest& request) {
    return (subject.load.windowed || subject.load.key) && (request.filter.portable || !request.filter.native.empty());
  }

  static std::string column_of(const Subject& subject) {
    const std::string& written = subject.table.increment_column;
    return written.empty() && subject.load.covers ? subject.load.covers->column : written;
  }

  static std::string remedy(const Subject& subject, const std::string& column, const connectors::AccessPath& path) {
    if (!path.remedy.empty()) return path.remedy;
    if (column.empty()) return "make an index at the source that the condition can use";
    if (!begins_an_index(subject.table.source_schema, column)) return plan::index_help(column);
    return "an index begins with `" + column +
           "`, but this condition cannot use it: compare the bare column with values of its own type, without a function around "
           "it";
  }

  // --- SY8008

  /// Whether the server itself fills in the times along which increments read, as clock times without a zone.
  static const types::Column* stamped_column(const Subject& subject) {
    const types::Column* column = subject.table.source_schema.find_column(column_of(subject));
    if (column == nullptr) return nullptr;
    using Kind = types::ColumnDefault::Kind;
    const Kind kind = column->default_value.kind;
    const bool stamped = column->on_update_now || kind == Kind::current_timestamp || kind == Kind::current_date;
    const bool naive = column->logical.kind == TypeKind::timestamp_local || column->logical.kind == TypeKind::date;
    return stamped && naive ? column : nullptr;
  }

  void look_at_clock(const Subject& subject, Source& source) {
    const types::Column* column = stamped_column(subject);
    const types::Zone* zone = types::Zone::find(source.spec.timezone);
    if (column == nullptr || zone == nullptr) return;
    const std::vector<std::int64_t> instants{now_, now_ - kHalfYear};
    if (!source.clock_asked) source.clock = source.examiner->clock(instants);
    source.clock_asked = true;
    if (!source.clock) return;
    bool same = true;
    for (std::size_t i = 0; i < instants.size(); ++i)
      same = same && zone->to_local(instants[i]) - instants[i] == source.clock->offsets.at(i);
    if (same) return;
    const std::string& connection = subject.sync.source_connection;
    Stamped& told = stamped_[connection];
    told.tables.push_back(subject.name());
    if (told.tables.size() > 1) return;
    const bool set = plan_.connections.at(connection).settings.count("timezone") != 0;
    told.finding =
        diag::ClockDiffers(column->name, subject.name(), source.clock->zone, source.spec.timezone,
                           set ? "as `timezone` says" : "because `timezone` is not set")
            .at(subject.table.increment_span)
            .for_table(subject.sync.name, subject.name())
            .for_column(column->name)
            .for_connection(connection)
            .with_help("say in CONNECTION `" + connection + "` by which clock the column is filled in: timezone = '…'");
  }

  void tell(const std::string& /*connection*/, const Stamped& stamped) {
    diag::Diagnostic finding = stamped.finding;
    const std::vector<std::string> others(stamped.tables.begin() + 1, stamped.tables.end());
    if (!others.empty()) finding.notes.push_back("so do " + text::sample_list(others));
    sink_.emit(std::move(finding));
  }

  // --- SY9321: increments that wait for open transactions need the right to see them

  static bool needs_bound(const Subject& subject) {
    if (subject.table.errors.accept_unsettled) return false;
    if (!subject.load.key) return subject.load.settled_until.has_value();
    const plan::KeyIncrement& key = *subject.load.key;
    return subject.load.mode == types::WriteMode::append && !key.lookback && !key.lookback_values;
  }

  void look_for_bound(const Subject& subject, Source& source) {
    if (source.bound_asked || !needs_bound(subject)) return;
    source.bound_asked = true;
    const connectors::OpenWork open = source.connector->open_horizon(source.spec)->look();
    // What is in the way at this moment only is for the run to wait for.
    if (open.known || open.help.rfind("GRANT ", 0) != 0) return;
    sink_.emit(diag::NoSafeBound(subject.name(), open.why)
                   .at(subject.table.increment_span)
                   .for_table(subject.sync.name, subject.name())
                   .for_connection(subject.sync.source_connection)
                   .with_help(open.help));
  }

  const plan::Plan& plan_;
  const connectors::Registry& registry_;
  std::int64_t now_;
  diag::Sink& sink_;
  expr::Environment environment_;
  std::map<std::string, Source> sources_;
  std::map<std::string, Refusal*> answers_;  ///< by question; null: accepted
  std::map<Place, Refusal> refusals_;
  std::map<std::string, Stamped> stamped_;
};

}  // namespace

void examine_sources(const plan::Plan& plan, const connectors::Registry& registry, std::int64_t started_at, diag::Sink& sink) {
  try {
    Examination(plan, registry, started_at, sink).run();
  } catch (const introspect::SecretError& error) {
    sink.emit(diag::SecretUnresolved(error.reference, error.connection, error.message));
  }
}

}  // namespace syncline::examine
