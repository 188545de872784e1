#pragma once
#include <string>

#include "connectors/api/dialect.h"

/// Several staged rows with one upsert key: the newest of them is merged (Publish::merge).
namespace syncline::connectors::sql {

/// A column of staging that numbers rows as they arrive; no column of the load has this name.
std::string arrival_column(const LoadTable& table);
/// `SELECT 1 … LIMIT 1`: a row when two rows of staging have one key. Keys with NULL are no keys. `staging`: quoted.
std::string repeated_key(const Dialect& dialect, const LoadTable& table, const std::string& staging);
/// `SELECT <arrival> FROM …`: all rows of staging but the newest of each key. `arrival`: SQL that rises as rows arrive.
/// `descending`: what follows a column so that NULL comes last.
std::string older_rows(const Dialect& dialect, const LoadTable& table, const std::string& staging, const std::string& arrival,
                       const std::string& descending);

}  // namespace syncline::connectors::sql
