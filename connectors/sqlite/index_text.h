#pragma once
#include <string>
#include <string_view>

#include "connectors/sqlite/session.h"

/// Index names: SQLite keeps them in one namespace per file and cannot rename them, so an index that is built beside its
/// predecessor takes an alternative form of its name, `name~2`, which the catalogue reports as `name` again.
namespace syncline::connectors::sqlite {

/// The first of `name`, `name~2`, `name~3`… that no table or index of the file has.
std::string free_index_name(const Database& database, std::string_view name);
/// `name` without the mark of an alternative form.
std::string_view plain_index_name(std::string_view name);
/// The text of a CREATE INDEX statement under another name for another table; what follows the table stays as it is.
std::string retarget_index(std::string_view definition, std::string_view index_name, std::string_view table);

}  // namespace syncline::connectors::sqlite
