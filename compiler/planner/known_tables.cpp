#include "compiler/planner/known_tables.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "compiler/analyze/patterns.h"
#include "compiler/planner/selection.h"

namespace syncline::planner {
namespace {

using nlohmann::json;
using Patterns = std::vector<bound::Pattern>;

constexpr const char* kSegments[] = {"exact", "any", "regex"};

json pattern_json(const bound::Pattern& pattern) {
  json segments = json::array();
  for (const ast::Segment& segment : pattern.segments)
    segments.push_back({kSegments[static_cast<std::size_t>(segment.kind)], segment.text});
  return segments;
}

json patterns_json(const Patterns& patterns) {
  json list = json::array();
  for (const bound::Pattern& pattern : patterns) list.push_back(pattern_json(pattern));
  return list;
}

Patterns patterns_of(const json& list) {
  Patterns patterns;
  for (const json& segments : list) {
    bound::Pattern& pattern = patterns.emplace_back();
    for (const json& one : segments) {
      ast::Segment& segment = pattern.segments.emplace_back();
      const auto kind = one.at(0).get<std::string>();
      segment.kind = static_cast<ast::Segment::Kind>(kind == kSegments[0] ? 0 : kind == kSegments[1] ? 1 : 2);
      segment.text = one.at(1).get<std::string>();
    }
  }
  return patterns;
}

std::string text_of(const json& value) {
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

/// Whose list it is. Several projects may keep their state in one place, and call their syncs alike.
std::string list_name(const SyncWork& sync) {
  const auto end = [](const Endpoint& one) { return one.name() + ":" + one.connection->plan.name; };
  return sync.bound->name + " " + end(sync.source) + " → " + end(sync.target);
}

/// The TABLES of a sync, as its own entry in the list holds them.
std::string tables_text(const bound::Sync& sync) {
  return text_of({{"include", patterns_json(sync.include)}, {"except", patterns_json(sync.except)}});
}

std::string columns_text(const Work& work) {
  json columns = json::array();
  for (const Draft& draft : work.drafts) {
    if (draft.source < 0 || draft.failed) continue;
    const types::Column& column = work.source.columns[static_cast<std::size_t>(draft.source)];
    columns.push_back({column.name, draft.name, column.native.text});
  }
  return columns.empty() ? std::string() : text_of({{"columns", columns}});
}

bool named_by(const Patterns& patterns, const types::ObjectName& table, const SyncWork& sync) {
  return std::any_of(patterns.begin(), patterns.end(), [&](const bound::Pattern& pattern) {
    return analyze::matches(pattern, table, sync.source.server, nullptr);
  });
}

/// Whether the script asks for a table of this name.
bool is_asked_for(const SyncWork& sync, const types::ObjectName& table) {
  return named_by(sync.bound->include, table, sync) && !named_by(sync.bound->except, table, sync);
}

bool is_in_source(const SyncWork& sync, const types::ObjectName& table) {
  const auto& objects = sync.source.catalog->objects();
  return std::any_of(objects.begin(), objects.end(), [&](const connectors::ListedObject& object) {
    return object.kind == connectors::ObjectKind::table && object.name == table;
  });
}

/// TABLES did not name it when the list was written: an edit made it part of the sync. A name written out since counts too.
bool is_by_edit(const SyncWork& sync, const types::ObjectName& table) {
  Patterns include, except;
  try {
    const json tables = json::parse(sync.known.tables_text);
    include = patterns_of(tables.at("include"));
    except = patterns_of(tables.at("except"));
  } catch (const json::exception&) {
    return false;
  }
  const json known = patterns_json(include);
  for (const bound::Pattern& pattern : sync.bound->include) {
    const bool fresh = std::find(known.begin(), known.end(), pattern_json(pattern)) == known.end();
    if (fresh && analyze::is_exact(pattern) && analyze::matches(pattern, table, sync.source.server, nullptr)) return true;
  }
  return !named_by(include, table, sync) || named_by(except, table, sync);
}

constexpr const char* kNew = "new in the source since the last run: ";

/// False: the table is left out of the run.
bool decide_new_table(SyncWork& sync, Work& work) {
  if (is_by_edit(sync, work.plan.source)) {
    work.reason("TABLES names it since the script was edited: it is copied, whatever ON NEW TABLE says");
    return true;
  }
  switch (work.policy.new_table.value) {
    case plan::NewTable::sync:
      work.plan.is_new = true;
      work.reason(std::string(kNew) + "it is copied (ON NEW TABLE SYNC)");
      return true;
    case plan::NewTable::ignore:
      if (work.selected) {
        sync.plan.table_changes.push_back(
            {plan::TableChange::Event::added, work.plan.source, {}, std::string(kNew) + "not copied (ON NEW TABLE IGNORE)"});
      }
      return false;
    case plan::NewTable::fail:
      finding(sync, work,
              diag::TableIsNew(types::to_string(work.plan.source))
                  .with_help("say ON NEW TABLE SYNC or IGNORE for it, name it in TABLES, or take it out with EXCEPT"));
      work.unplanned = true;
      work.refused_as_new = true;
  }
  return true;
}

/// A known table that has left the source while TABLES asks for it.
void decide_dropped_table(Context& context, SyncWork& sync, const types::KnownTable& entry) {
  if (!is_selected(entry.source, context.unit.select_tables, sync.source.server)) return;
  diag::Sink ignored;
  const bound::Policy policy = analyze::policy_of(*sync.bound, entry.source, sync.source.server, ignored);
  const std::string target = types::to_string(entry.target);
  if (policy.dropped_table.value == plan::DroppedTable::keep) {
    sync.plan.table_changes.push_back({plan::TableChange::Event::dropped, entry.source, entry.target,
                                       "no longer in the source: its target table is kept (ON DROPPED TABLE KEEP)"});
    return;
  }
  plan::Table table;
  table.address = sync.bound->name + "/" + types::to_string(entry.source);
  table.source = entry.source;
  table.target = entry.target;
  table.action = plan::Action::blocked;
  table.gone = true;
  table.errors = policy.errors;
  diag::Diagnostic found =
      diag::TableIsGone(types::to_string(entry.source), target)
          .with_help("its target table is kept; say ON DROPPED TABLE KEEP for it, or take it out with EXCEPT, if that is right");
  found.sync = sync.bound->name;
  found.table = types::to_string(entry.source);
  table.findings.push_back(std::move(found));
  sync.plan.tables.push_back(std::move(table));
}

void remember_tables(SyncWork& sync) {
  const std::string tables = tables_text(*sync.bound);
  if (!sync.known.begun || sync.known.tables_text != tables) sync.plan.remember.push_back({list_name(sync), {}, {}, tables, {}});
  for (Work& work : sync.tables) {
    if (work.refused_as_new) continue;
    types::KnownTable entry{list_name(sync), work.plan.source, work.plan.target, columns_text(work), {}};
    const auto known = sync.known.tables.find(work.plan.source);
    if (known == sync.known.tables.end()) {
      sync.plan.remember.push_back(std::move(entry));
    } else if (known->second.target != entry.target || known->second.shape != entry.shape) {
      work.plan.remember = std::move(entry);
    }
  }
}

}  // namespace

void read_known_tables(SyncWork& sync) {
  for (types::KnownTable& entry : sync.target.catalog->known_tables({list_name(sync)})) {
    if (entry.source == types::ObjectName{}) {
      sync.known.begun = true;
      sync.known.tables_text = std::move(entry.shape);
    } else {
      sync.known.tables.emplace(entry.source, std::move(entry));
    }
  }
}

bool names_dropped_table(const SyncWork& sync, const bound::Pattern& pattern) {
  return std::any_of(sync.known.tables.begin(), sync.known.tables.end(), [&](const auto& entry) {
    return analyze::matches(pattern, entry.first, sync.source.server, nullptr) && !is_in_source(sync, entry.first);
  });
}

void decide_new_tables(SyncWork& sync) {
  std::erase_if(sync.tables, [&](Work& work) {
    const auto known = sync.known.tables.find(work.plan.source);
    if (known != sync.known.tables.end()) work.known = known->second;
    return sync.known.begun && !work.known && !decide_new_table(sync, work);
  });
}

void decide_known_tables(Context& context, SyncWork& sync) {
  for (const auto& [source, entry] : sync.known.tables) {
    if (is_asked_for(sync, source)) {
      if (!is_in_source(sync, source)) decide_dropped_table(context, sync, entry);
    } else if (context.unit.select_tables.empty()) {
      sync.plan.table_changes.push_back({plan::TableChange::Event::unmatched, source, entry.target,
                                         "TABLES does not name it any more: its target table is kept"});
      sync.plan.forget.push_back(entry);
    }
  }
  remember_tables(sync);
}

std::vector<KnownColumn> known_columns(const SyncWork& sync, const Work& work) {
  std::vector<KnownColumn> columns;
  if (!work.known || work.known->shape.empty()) return columns;
  const auto rule = sync.target.server.table_case;
  if (fold(work.known->target, rule) != fold(work.plan.target, rule)) return columns;
  try {
    const json shape = json::parse(work.known->shape);
    for (const json& one : shape.at("columns"))
      columns.push_back({one.at(0).get<std::string>(), one.at(1).get<std::string>(), one.at(2).get<std::string>()});
  } catch (const json::exception&) {
    columns.clear();
  }
  return columns;
}

}  // namespace syncline::planner
