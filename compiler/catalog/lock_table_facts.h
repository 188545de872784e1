#pragma once
#include "compiler/catalog/lock_words.h"
#include "stdlib/types/schema.h"

/// The facts that a lock tells of a table, one line each: columns, keys, indexes and the like.
namespace syncline::catalog {

bool is_table_fact(std::string_view kind);

/// What stands behind the kind and the table's name, up to the end of the line, is added to `owner`. Throws LockProblem.
void read_table_fact(std::string_view kind, Words& words, types::TableSchema& owner);

}  // namespace syncline::catalog
