#pragma once
#include <string>
#include <string_view>

#include "connectors/api/dialect.h"
#include "stdlib/types/schema.h"

namespace syncline::connectors::sql {

/// `FOREIGN KEY ("a") REFERENCES "t" ("b") ON DELETE CASCADE`: without its name and without DEFERRABLE, which not every engine
/// has. NO ACTION is every engine's default and not written.
std::string foreign_key(const Dialect& dialect, const types::ForeignKey& key);

/// The action that these words of a catalogue name: "SET NULL"; no_action for any other.
types::ForeignKeyAction action_of(std::string_view words);

}  // namespace syncline::connectors::sql
