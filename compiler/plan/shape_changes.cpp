#include "compiler/plan/shape_changes.h"

namespace syncline::plan {

const char* to_string(ColumnEvent event) {
  switch (event) {
    case ColumnEvent::added:
      return "added";
    case ColumnEvent::dropped:
      return "dropped";
    case ColumnEvent::retyped:
      return "retyped";
  }
  return "";
}

const char* to_string(ColumnAction action) {
  switch (action) {
    case ColumnAction::reload:
      return "reload";
    case ColumnAction::evolve:
      return "evolve";
    case ColumnAction::ignore:
      return "ignore";
    case ColumnAction::fail:
      return "fail";
  }
  return "";
}

const char* to_string(NewTable action) {
  return action == NewTable::sync ? "sync" : action == NewTable::ignore ? "ignore" : "fail";
}

const char* to_string(DroppedTable action) {
  return action == DroppedTable::keep ? "keep" : "fail";
}

const char* to_string(TableChange::Event event) {
  switch (event) {
    case TableChange::Event::added:
      return "new";
    case TableChange::Event::dropped:
      return "dropped";
    case TableChange::Event::unmatched:
      return "not matched";
  }
  return "";
}

}  // namespace syncline::plan
