#include "compiler/planner/split.h"

#include <algorithm>

#include "compiler/planner/key_names.h"
#include "stdlib/base/text.h"

namespace syncline::planner {
namespace {

using types::TypeKind;

constexpr std::int64_t kChunkBytes = 64 << 20;  ///< of one range where the script gives no number
constexpr std::int64_t kLeastBytes = 16 << 20;  ///< a smaller table is read before a second session has its first row
constexpr std::int64_t kSplitRowBytes = 200;    ///< where only rows are estimated
constexpr std::int64_t kMostChunks = 1024;
constexpr std::int64_t kMostFromSize = 64;

bool orderable(TypeKind kind) {
  return kind != TypeKind::json && kind != TypeKind::geometry && kind != TypeKind::other;
}

/// Empty where the index holds expressions or parts of columns.
std::vector<std::string> whole_columns(const types::Index& index) {
  std::vector<std::string> names;
  for (const types::IndexColumn& column : index.columns) {
    if (column.name.empty() || column.prefix_length > 0) return {};
    names.push_back(column.name);
  }
  return names;
}

bool is_beginning_of(const std::vector<std::string>& key, const std::vector<std::string>& columns) {
  return columns.size() <= key.size() && std::equal(columns.begin(), columns.end(), key.begin());
}

std::int64_t size_of_source(const types::TableSchema& source) {
  if (source.byte_estimate >= 0) return source.byte_estimate;
  return source.row_estimate < 0 ? -1 : source.row_estimate * kSplitRowBytes;
}

class Splitting {
 public:
  Splitting(Context& context, SyncWork& sync, Work& work) : context_(context), sync_(sync), work_(work) {}

  void run() {
    const auto& clause = work_.policy.split;
    if (clause && clause->value.word == "OFF") return;
    if (work_.merged) {
      if (clause) alone("the tables of a shard group are read one after the other");
      return;
    }
    plan::Split made;
    if (clause ? !by_names(clause->value, made) : !by_default(made)) return;
    if (!sync_.source.can().shared_snapshots) return alone("the source cannot show one snapshot to several sessions");
    made.readers = readers(clause.has_value());
    made.chunks = chunks(clause ? clause->value.chunks : std::nullopt);
    made.readers = std::min(made.readers, made.chunks);
    if (made.readers < 2) {
      if (clause) alone(made.chunks < 2 ? "it is too small to be worth more" : "LIMITS allow no more");
      return;
    }
    std::vector<std::string> names;
    for (const types::Column& column : made.columns) names.push_back(column.name);
    made.primary = is_beginning_of(work_.source.primary_key.columns, names);
    work_.reason(fmt::format("read in {} ranges of {} by up to {} sessions of one snapshot: {}", made.chunks,
                             text::sample_list(names), made.readers, made.reason));
    work_.plan.split = std::move(made);
  }

 private:
  void alone(const std::string& why) { work_.reason("read by one session: " + why); }

  bool by_names(const ast::Clause& clause, plan::Split& made) {
    diag::Sink local;
    for (const ast::Name& name : clause.names) add(name, made, local);
    if (!local.has_errors()) warn_without_index(clause, made, local);
    const bool good = !local.has_errors();
    context_.script.route(local, clause.span, sync_.bound->name, work_);
    made.reason = "SPLIT BY";
    return good;
  }

  void add(const ast::Name& name, plan::Split& made, diag::Sink& sink) {
    const auto rule = sync_.source.server.column_case;
    const auto& columns = work_.source.columns;
    const auto found = std::find_if(columns.begin(), columns.end(), [&](const types::Column& column) {
      return fold(column.name, rule) == fold(name.text, rule);
    });
    if (found == columns.end()) {
      sink.emit(unknown_column(work_, name.text, name.span));
    } else if (!orderable(found->logical.kind)) {
      sink.emit(diag::SplitWithoutOrder(found->name, types::to_string(work_.plan.source), found->native.text)
                    .at(name.span)
                    .for_column(found->name)
                    .with_help("split by a key of the table, or say SPLIT OFF"));
    } else {
      made.columns.push_back(*found);
    }
  }

  void warn_without_index(const ast::Clause& clause, const plan::Split& made, diag::Sink& sink) const {
    const std::string& first = made.columns.front().name;
    std::vector<std::string> leading;
    const auto lead = [&](const std::vector<std::string>& key) {
      if (!key.empty() && !key.front().empty() && std::find(leading.begin(), leading.end(), key.front()) == leading.end())
        leading.push_back(key.front());
    };
    lead(work_.source.primary_key.columns);
    for (const types::Index& index : work_.source.indexes) {
      if (index.special.empty()) lead(whole_columns(index));
    }
    if (std::find(leading.begin(), leading.end(), first) != leading.end()) return;
    sink.emit(diag::SplitWithoutIndex(first, types::to_string(work_.plan.source))
                  .at(clause.names.front().span)
                  .for_column(first)
                  .with_help(leading.empty() ? "the table has no index: leave SPLIT out for it, or say SPLIT OFF"
                                             : "indexes begin with " + text::sample_list(leading)));
  }

  [[nodiscard]] bool usable(const std::vector<std::string>& names) const {
    return !names.empty() && std::all_of(names.begin(), names.end(), [&](const std::string& name) {
      const types::Column* column = work_.source.find_column(name);
      return column != nullptr && !column->nullable && orderable(column->logical.kind);
    });
  }

  /// The primary key, else the NOT NULL unique index with the fewest columns; for whole tables, since how much a condition leaves
  /// is not known.
  bool by_default(plan::Split& made) const {
    if (std::any_of(work_.plan.loads.begin(), work_.plan.loads.end(), plan::selects)) return false;
    std::vector<std::string> chosen;
    if (usable(work_.source.primary_key.columns)) {
      chosen = work_.source.primary_key.columns;
      made.reason = "the primary key";
      return take(chosen, made);
    }
    for (const types::Index& index : work_.source.indexes) {
      const std::vector<std::string> names = whole_columns(index);
      if (!index.unique || !index.special.empty() || !usable(names)) continue;
      if (!chosen.empty() && names.size() >= chosen.size()) continue;
      chosen = names;
      made.reason = "the unique index " + index.name;
    }
    return take(chosen, made);
  }

  bool take(const std::vector<std::string>& names, plan::Split& made) const {
    for (const std::string& name : names) made.columns.push_back(*work_.source.find_column(name));
    return !names.empty();
  }

  /// What the script wrote SPLIT for takes what connections there are; a table that it says nothing about, what LIMITS give.
  [[nodiscard]] int readers(bool written) const {
    const plan::Limits& limits = work_.plan.limits;
    const bool limited = work_.policy.option_origins.count("readers_per_table") != 0;
    return written && !limited ? limits.source_connections : limits.readers_per_table;
  }

  [[nodiscard]] int chunks(const std::optional<std::int64_t>& written) const {
    if (written) return static_cast<int>(std::clamp<std::int64_t>(*written, 1, kMostChunks));
    const std::int64_t bytes = size_of_source(work_.source);
    if (bytes < kLeastBytes) return 1;
    return static_cast<int>(std::clamp<std::int64_t>(bytes / kChunkBytes + 1, 2, kMostFromSize));
  }

  Context& context_;
  SyncWork& sync_;
  Work& work_;
};

}  // namespace

void plan_split(Context& context, SyncWork& sync, Work& work) {
  if (work.plan.schema_only) return;
  Splitting(context, sync, work).run();
}

}  // namespace syncline::planner
