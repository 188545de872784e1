#pragma once
#include <cstdint>
#include <string>

#include "stdlib/types/schema.h"

/// What a run does because its source has another shape than it had: ON COLUMN CHANGE, ON NEW TABLE, ON DROPPED TABLE.
namespace syncline::plan {

enum class ColumnEvent : std::uint8_t {
  added,    ///< the source has a column that the kept table lacks
  dropped,  ///< a column that was copied has left the source
  retyped,  ///< the source's type has changed, and the kept column does not hold all of its values
};
enum class ColumnAction : std::uint8_t { reload, evolve, ignore, fail };
enum class NewTable : std::uint8_t { sync, ignore, fail };
enum class DroppedTable : std::uint8_t { keep, fail };

const char* to_string(ColumnEvent event);
const char* to_string(ColumnAction action);
const char* to_string(NewTable action);
const char* to_string(DroppedTable action);

/// One column of one table.
struct ColumnChange {
  ColumnEvent event = ColumnEvent::added;
  ColumnAction action = ColumnAction::evolve;
  std::string column;    ///< of the target
  std::string from, to;  ///< native types of the kept column before and after, where they change
  std::string sentence;  ///< what happens, with the clause that says so
};

/// One table that is on one side only: a new one that is not copied, a known one that is no longer there.
struct TableChange {
  enum class Event : std::uint8_t { added, dropped, unmatched } event = Event::added;
  types::ObjectName source;
  types::ObjectName target;  ///< of a known table
  std::string sentence;
};
const char* to_string(TableChange::Event event);

}  // namespace syncline::plan
