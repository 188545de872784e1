#include "compiler/analyze/policy_report.h"

#include <fmt/format.h>
#include <algorithm>

#include "compiler/analyze/patterns.h"
#include "compiler/bound/expression_text.h"
#include "compiler/diag/kinds.h"
#include "stdlib/base/text.h"

namespace syncline::analyze {
namespace {

using ast::ClauseKind;
using compiler::PolicyOption;
using compiler::TablePolicy;

/// `sales."odd.name"` in its parts; nothing when a quote is left open.
std::vector<std::string> parts_of(const std::string& written) {
  std::vector<std::string> parts(1);
  bool quoted = false;
  for (std::size_t i = 0; i < written.size(); ++i) {
    const char c = written[i];
    if (c == '"' && quoted && i + 1 < written.size() && written[i + 1] == '"') {
      parts.back() += c;
      ++i;
    } else if (c == '"') {
      quoted = !quoted;
    } else if (c == '.' && !quoted) {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return quoted ? std::vector<std::string>() : parts;
}

/// The name at the depth of the source's engine; nothing when it has another one. A database above a schema may lead.
std::optional<types::ObjectName> name_in(const bound::Connection& source, std::vector<std::string> parts) {
  const std::size_t depth = source.engine->levels.size();
  if (parts.size() == depth + 1 && parts.front() == source.database) parts.erase(parts.begin());
  if (parts.size() != depth) return std::nullopt;
  types::ObjectName name;
  name.table = parts.back();
  if (depth > 1) name.container = parts[depth - 2];
  return name;
}

/// The options of one table, in fmt's order of clauses.
class Lister {
 public:
  Lister(const bound::Sync& sync, const bound::Policy& policy, const source::SourceSet& sources)
      : sync_(sync), policy_(policy), sources_(sources) {}

  std::vector<PolicyOption> list() {
    naming();
    whole(ClauseKind::type_mapping, "the built-in one");
    columns();
    whole(ClauseKind::key, "the primary key of the source");
    whole(ClauseKind::partition_by, "none");
    create();
    whole(ClauseKind::merge_shards, "none");
    whole(ClauseKind::filter, "none");
    whole(ClauseKind::load, "none");
    whole(ClauseKind::split, "by size, where readers_per_table is above 1");
    whole(ClauseKind::on_new_table, "SYNC");
    whole(ClauseKind::on_dropped_table, "KEEP");
    column_changes();
    whole(ClauseKind::verify, "COUNT");
    whole(ClauseKind::consistent, "TABLE");
    whole(ClauseKind::deletes, "IGNORE");
    options(ClauseKind::limits);
    options(ClauseKind::errors);
    whole(ClauseKind::priority, "MEDIUM");
    for (const bound::Hook& hook : policy_.hooks) add(hook.when, "$$" + hook.text + "$$", hook.origin);
    whole(ClauseKind::schedule, "MANUAL");
    whole(ClauseKind::depends_on, "none");
    whole(ClauseKind::notify, "none");
    whole(ClauseKind::owner, "none");
    return std::move(list_);
  }

 private:
  void add(std::string name, std::string value, const bound::Origin& origin) {
    PolicyOption made;
    made.name = std::move(name);
    made.value = text::printable(one_line(value));
    if (origin.span.source != 0) {
      const source::Position position = sources_.position(origin.span.source, origin.span.begin);
      made.level = origin.level;
      made.file = sources_.name(origin.span.source);
      made.line = position.line;
      made.column = position.column;
    }
    list_.push_back(std::move(made));
  }

  /// Native text and hooks may have several lines.
  static std::string one_line(const std::string& value) {
    std::string line;
    for (const char c : value) {
      const bool blank = c == '\n' || c == '\r' || c == '\t' || c == ' ';
      if (!blank) line += c;
      if (blank && !line.empty() && line.back() != ' ') line += ' ';
    }
    return line;
  }

  void whole(ClauseKind kind, const char* otherwise) {
    const auto found = policy_.written.find(kind);
    if (found == policy_.written.end()) return add(ast::to_string(kind), otherwise, {});
    add(ast::to_string(kind), clause_text(*found->second.value), found->second.origin);
  }

  /// Each level of a name in the target.
  void naming() {
    static const char* const kLevels[] = {"DATABASE", "SCHEMA", "TABLE"};
    static const char* const kWords[] = {"database", "schema", "table"};
    for (const ast::NameLevel level : {ast::NameLevel::database, ast::NameLevel::schema, ast::NameLevel::table}) {
      const auto at = static_cast<std::size_t>(level);
      const auto& levels = sync_.target->engine->levels;
      const auto rule = policy_.naming.find(level);
      const std::string name = std::string("NAMING ") + kLevels[at];
      if (rule != policy_.naming.end()) {
        add(name, bound::to_text(*rule->second.value), rule->second.origin);
      } else if (level == ast::NameLevel::table) {
        add(name, "source.table", {});
      } else if (levels.size() > 1 && levels[levels.size() - 2] == kWords[at]) {
        const auto& engine = *sync_.source->engine;
        const bool has = engine.has_container();
        add(name, has ? "source." + std::string(engine.levels[engine.levels.size() - 2]) : "the target's own", {});
      }
    }
  }

  void columns() {
    if (policy_.columns.empty()) add("COLUMNS", "as in the source", {});
    for (const bound::BoundColumnRule& rule : policy_.columns) add("COLUMNS", bound::to_text(rule.rule), rule.origin);
  }

  void create() {
    if (policy_.create.empty()) add("CREATE WITH", "none", {});
    for (const bound::BoundCreateItem& item : policy_.create) add("CREATE WITH", bound::to_text(item.item), item.origin);
  }

  void column_changes() {
    using plan::ColumnEvent;
    const bool truncates = policy_.load && policy_.load->value.full && policy_.load->value.mode == types::WriteMode::truncate;
    for (const ColumnEvent event : {ColumnEvent::added, ColumnEvent::dropped, ColumnEvent::retyped}) {
      const std::string name = "ON COLUMN CHANGE " + text::upper(plan::to_string(event));
      const auto& changes = policy_.column_changes;
      const bool set = changes && changes->value.actions.count(event) != 0;
      if (set) {
        add(name, text::upper(plan::to_string(changes->value.actions.at(event))), changes->origin);
      } else {
        add(name, event == ColumnEvent::added || (event == ColumnEvent::dropped && truncates) ? "EVOLVE" : "FAIL", {});
      }
    }
  }

  void options(ClauseKind group) {
    const std::string clause = ast::to_string(group);
    for (const OptionDefault& one : option_defaults(group)) {
      const auto found = policy_.settings.find(one.key);
      std::string value = found == policy_.settings.end() ? one.value : bound::to_text(found->second.value->value);
      bound::Origin origin = found == policy_.settings.end() ? bound::Origin() : found->second.origin;
      if (one.key == "source_connections") cap(*sync_.source, policy_.limits.source_connections, value, origin);
      if (one.key == "target_connections") cap(*sync_.target, policy_.limits.target_connections, value, origin);
      add(clause + " " + one.key, value, origin);
    }
    if (group != ClauseKind::limits) return;
    for (const auto& [key, setting] : policy_.settings) {
      if (key.find('.') != std::string::npos)
        add(clause + " '" + key + "'", bound::to_text(setting.value->value), setting.origin);
    }
  }

  /// `max_connections` of the connection is the upper bound of what the script says.
  static void cap(const bound::Connection& connection, int effective, std::string& value, bound::Origin& origin) {
    if (std::to_string(effective) == value) return;
    value = fmt::format("{}, the max_connections of `{}`", effective, connection.plan.name);
    origin = {connection.span, "CONNECTION " + connection.plan.name};
  }

  const bound::Sync& sync_;
  const bound::Policy& policy_;
  const source::SourceSet& sources_;
  std::vector<PolicyOption> list_;
};

class Finder {
 public:
  Finder(const bound::Unit& unit, const std::string& table, compiler::Result& result)
      : unit_(unit), table_(table), parts_(parts_of(table)), result_(result) {}

  std::vector<TablePolicy> find() {
    for (const bound::Sync& sync : unit_.syncs) look(sync);
    if (found_.empty() && !parts_.empty()) report();
    if (parts_.empty())
      result_.sink.emit(diag::SelectMatchesNothing(table_).with_help("a double quote is left open in this name"));
    return std::move(found_);
  }

 private:
  void look(const bound::Sync& sync) {
    const auto name = name_in(*sync.source, parts_);
    if (!name) return;
    connectors::ServerInfo server;
    server.table_case = sync.source->engine->capabilities.table_case;
    server.column_case = sync.source->engine->capabilities.column_case;
    const auto names_it = [&](const bound::Pattern& pattern) { return matches(pattern, *name, server, nullptr); };
    const auto include = std::find_if(sync.include.begin(), sync.include.end(), names_it);
    if (include == sync.include.end()) return;
    const auto except = std::find_if(sync.except.begin(), sync.except.end(), names_it);
    if (except != sync.except.end()) {
      taken_out_ = &*except;
      return;
    }
    const bound::Policy policy = policy_of(sync, *name, server, result_.sink);
    found_.push_back({sync.name, sync.source->plan.name, sync.target->plan.name, types::to_string(*name),
                      bound::to_text(*include), Lister(sync, policy, result_.sources).list()});
  }

  void report() {
    auto finding = diag::SelectMatchesNothing(table_);
    if (taken_out_ != nullptr) return result_.sink.emit(std::move(finding).at(taken_out_->span, "EXCEPT takes it out"));
    std::string names;
    for (const bound::Sync& sync : unit_.syncs) {
      names += (names.empty() ? "" : "; ") + sync.name + ": ";
      for (const bound::Pattern& pattern : sync.include) names += (names.back() == ' ' ? "" : ", ") + bound::to_text(pattern);
    }
    result_.sink.emit(std::move(finding).with_help("TABLES name other tables: " + names));
  }

  const bound::Unit& unit_;
  const std::string& table_;
  std::vector<std::string> parts_;
  compiler::Result& result_;
  std::vector<TablePolicy> found_;
  const bound::Pattern* taken_out_ = nullptr;
};

}  // namespace

std::vector<TablePolicy> policies_of(const bound::Unit& unit, const std::string& table, compiler::Result& result) {
  return Finder(unit, table, result).find();
}

}  // namespace syncline::analyze
