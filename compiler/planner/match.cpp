#include "compiler/planner/match.h"

#include <algorithm>

#include "compiler/analyze/patterns.h"
#include "compiler/planner/known_tables.h"
#include "compiler/planner/selection.h"
#include "stdlib/base/text.h"

namespace syncline::planner {
namespace {

using connectors::ListedObject;
using connectors::ObjectKind;

bool names_exactly(const bound::Pattern& pattern) {
  return !pattern.segments.empty() && pattern.segments.back().kind == ast::Segment::Kind::exact;
}

std::string kind_name(ObjectKind kind) {
  return kind == ObjectKind::view ? "view" : "kind of object that is no table";
}

std::vector<std::string> close_names(const std::vector<ListedObject>& objects, const bound::Pattern& pattern) {
  std::vector<std::string> names;
  for (const ListedObject& object : objects) {
    names.push_back(pattern.segments.size() > 1 ? types::to_string(object.name) : object.name.table);
  }
  return names;
}

/// What an exact name could have been; regexes are compared by their text without dots and stars.
std::optional<std::string> closest_name(const bound::Pattern& pattern, const std::vector<ListedObject>& objects) {
  std::string wrong;
  for (const ast::Segment& segment : pattern.segments) {
    std::string plain = segment.text;
    plain.erase(std::remove_if(plain.begin(), plain.end(), [](char c) { return c == '.' || c == '*' || c == '+'; }), plain.end());
    wrong += (wrong.empty() ? "" : ".") + plain;
  }
  return text::did_you_mean(wrong, close_names(objects, pattern));
}

void suggest(diag::Diagnostic* diagnostic, const bound::Pattern& pattern, const std::vector<ListedObject>& objects) {
  const auto closest = closest_name(pattern, objects);
  if (closest) diagnostic->help.push_back("did you mean `" + text::printable(*closest) + "`?");
}

struct Match {
  const ListedObject* object = nullptr;
  std::map<std::string, std::string> captures;
};

class Matcher {
 public:
  Matcher(Context& context, SyncWork& sync) : context_(context), sync_(sync), objects_(sync.source.catalog->objects()) {}

  std::map<types::ObjectName, Match> run() {
    for (const bound::Pattern& pattern : sync_.bound->include) include(pattern);
    for (const bound::Pattern& pattern : sync_.bound->except) except(pattern);
    // The tables that are left go on without those that are gone (ON DROPPED TABLE); none left is no sync.
    for (const bound::Pattern* pattern : dropped_) {
      if (matched_.empty()) nothing(*pattern);
    }
    return std::move(matched_);
  }

 private:
  void include(const bound::Pattern& pattern) {
    std::size_t hits = 0;
    const bool by_name = names_exactly(pattern) && sync_.source.server.table_case == connectors::NameCase::sensitive;
    const auto [begin, end] = candidates(pattern);
    for (auto at = begin; at != end; ++at) {
      const ListedObject& object = *at;
      // Most of many objects are not what an exact name means: no Match is made for those.
      if (by_name && object.name.table != pattern.segments.back().text) continue;
      Match match{&object, {}};
      if (!analyze::matches(pattern, object.name, sync_.source.server, &match.captures)) continue;
      if (object.kind != ObjectKind::table && !names_exactly(pattern)) continue;
      ++hits;
      if (object.kind != ObjectKind::table) {
        context_.script.emit(diag::NotATable(types::to_string(object.name), kind_name(object.kind)).at(pattern.span));
      } else {
        matched_.emplace(object.name, std::move(match));
      }
    }
    if (hits > 0) return;
    if (names_exactly(pattern) && names_dropped_table(sync_, pattern)) {
      dropped_.push_back(&pattern);
    } else {
      nothing(pattern);
    }
  }

  using Objects = std::vector<ListedObject>::const_iterator;

  /// A name written out is looked up: many syncs of exact names ask many objects.
  [[nodiscard]] std::pair<Objects, Objects> candidates(const bound::Pattern& pattern) const {
    const bool whole = analyze::is_exact(pattern) && pattern.segments.size() == 2;
    if (!whole || sync_.source.server.table_case != connectors::NameCase::sensitive) return {objects_.begin(), objects_.end()};
    const types::ObjectName name{pattern.segments.front().text, pattern.segments.back().text};
    struct ByName {
      bool operator()(const ListedObject& one, const types::ObjectName& other) const { return one.name < other; }
      bool operator()(const types::ObjectName& one, const ListedObject& other) const { return one < other.name; }
    };
    return std::equal_range(objects_.begin(), objects_.end(), name, ByName{});
  }

  void nothing(const bound::Pattern& pattern) {
    const auto tables = static_cast<std::uint64_t>(std::count_if(
        objects_.begin(), objects_.end(), [](const ListedObject& object) { return object.kind == ObjectKind::table; }));
    diag::Diagnostic found = diag::PatternMatchesNothing(bound::to_text(pattern), tables).at(pattern.span);
    suggest(&found, pattern, objects_);
    found.sync = sync_.bound->name;
    found.connection = sync_.source.connection->plan.name;
    context_.script.emit(std::move(found));
  }

  void except(const bound::Pattern& pattern) {
    std::size_t hits = 0;
    for (auto entry = matched_.begin(); entry != matched_.end();) {
      if (!analyze::matches(pattern, entry->first, sync_.source.server, nullptr)) {
        ++entry;
        continue;
      }
      ++hits;
      sync_.plan.excluded.push_back(entry->first);
      entry = matched_.erase(entry);
    }
    // One that can meet none of TABLES was named before any catalogue was asked (SY7006).
    const auto may = [&](const bound::Pattern& include) { return analyze::may_meet(pattern, include); };
    const auto& include = sync_.bound->include;
    if (hits == 0 && std::any_of(include.begin(), include.end(), may))
      context_.script.emit(diag::ExceptMatchesNothing(bound::to_text(pattern)).at(pattern.span));
  }

  Context& context_;
  SyncWork& sync_;
  const std::vector<ListedObject>& objects_;
  std::map<types::ObjectName, Match> matched_;
  std::vector<const bound::Pattern*> dropped_;  ///< without a hit, but they name a known table
};

analyze::NameContext names_of(const SyncWork& sync, const types::ObjectName& name, std::map<std::string, std::string> captures) {
  analyze::NameContext names;
  names.source_connection = sync.source.connection->plan.name;
  names.source_container = name.container;
  names.source_table = name.table;
  names.target_connection = sync.target.connection->plan.name;
  names.captures = std::move(captures);
  if (sync.source.engine->has_container()) names.container_level = std::string(sync.source.engine->levels.front());
  return names;
}

Work start(Context& context, SyncWork& sync, const Match& match) {
  Work work;
  work.plan.source = match.object->name;
  work.plan.address = sync.bound->name + "/" + types::to_string(match.object->name);
  work.names = names_of(sync, match.object->name, match.captures);
  work.selected = is_selected(match.object->name, context.unit.select_tables, sync.source.server);
  diag::Sink local;
  work.policy = analyze::policy_of(*sync.bound, match.object->name, sync.source.server, local);
  context.script.route(local, sync.bound->span, sync.bound->name, work);
  if (!match.object->readable) {
    finding(sync, work,
            diag::MissingRight(sync.source.connection->plan.name, "SELECT", "`" + types::to_string(match.object->name) + "`")
                .with_help("grant SELECT on it to the user of this connection, or take it out with EXCEPT"));
    work.unplanned = true;
  }
  return work;
}

ColumnFacts facts_of(const types::TableSchema& schema, const types::Column& column) {
  const auto& key = schema.primary_key.columns;
  return {&column, std::find(key.begin(), key.end(), column.name) != key.end()};
}

void fill_logical(std::string_view engine, types::TableSchema* schema) {
  for (types::Column& column : schema->columns) column.logical = read_type(engine, column.native, facts_of(*schema, column));
}

void describe(SyncWork& sync) {
  std::vector<types::ObjectName> wanted;
  for (const Work& work : sync.tables) {
    if (!work.unplanned) wanted.push_back(work.plan.source);
  }
  std::map<types::ObjectName, types::TableSchema> found;
  for (types::TableSchema& schema : sync.source.catalog->describe(wanted)) found.emplace(schema.name, std::move(schema));
  for (Work& work : sync.tables) {
    const auto schema = found.find(work.plan.source);
    if (schema != found.end()) {
      work.source = std::move(schema->second);
      fill_logical(sync.source.engine->name, &work.source);
    } else if (!work.unplanned) {
      finding(sync, work, diag::TableGone(types::to_string(work.plan.source), "it was listed but cannot be described"));
      work.unplanned = true;
    }
    work.plan.source_schema = work.source;
  }
}

}  // namespace

const ListedObject* closest_object(const bound::Pattern& pattern, const std::vector<ListedObject>& objects) {
  const auto closest = closest_name(pattern, objects);
  if (!closest) return nullptr;
  const std::vector<std::string> names = close_names(objects, pattern);
  return &objects[static_cast<std::size_t>(std::find(names.begin(), names.end(), *closest) - names.begin())];
}

void match_tables(Context& context, SyncWork& sync) {
  read_known_tables(sync);
  const std::map<types::ObjectName, Match> matched = Matcher(context, sync).run();
  sync.tables.reserve(matched.size());
  for (const auto& [name, match] : matched) sync.tables.push_back(start(context, sync, match));
  decide_new_tables(sync);
  describe(sync);
}

}  // namespace syncline::planner
