#include "compiler/ast/clause.h"

namespace syncline::ast {

const char* to_string(ClauseKind kind) {
  switch (kind) {
    case ClauseKind::using_template:
      return "USING";
    case ClauseKind::naming:
      return "NAMING";
    case ClauseKind::type_mapping:
      return "TYPE MAPPING";
    case ClauseKind::columns:
      return "COLUMNS";
    case ClauseKind::key:
      return "KEY";
    case ClauseKind::partition_by:
      return "PARTITION BY";
    case ClauseKind::create_with:
      return "CREATE WITH";
    case ClauseKind::merge_shards:
      return "MERGE SHARDS";
    case ClauseKind::filter:
      return "FILTER";
    case ClauseKind::load:
      return "LOAD";
    case ClauseKind::split:
      return "SPLIT";
    case ClauseKind::on_new_table:
      return "ON NEW TABLE";
    case ClauseKind::on_dropped_table:
      return "ON DROPPED TABLE";
    case ClauseKind::on_column_change:
      return "ON COLUMN CHANGE";
    case ClauseKind::verify:
      return "VERIFY";
    case ClauseKind::consistent:
      return "CONSISTENT";
    case ClauseKind::deletes:
      return "DELETES";
    case ClauseKind::limits:
      return "LIMITS";
    case ClauseKind::errors:
      return "ERRORS";
    case ClauseKind::priority:
      return "PRIORITY";
    case ClauseKind::hook:
      return "BEFORE/AFTER";
    case ClauseKind::schedule:
      return "SCHEDULE";
    case ClauseKind::depends_on:
      return "DEPENDS ON";
    case ClauseKind::notify:
      return "NOTIFY";
    case ClauseKind::owner:
      return "OWNER";
  }
  return "";
}

}  // namespace syncline::ast
