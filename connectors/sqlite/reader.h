#pragma once
#include <functional>
#include <memory>
#include <string>

#include "connectors/api/source.h"
#include "connectors/sqlite/session.h"

namespace syncline::connectors::sqlite {

/// Rows of one table from a database that is inside a read transaction. `done` runs when the reader goes.
std::unique_ptr<Reader> make_reader(Database& database, const ReadRequest& request, std::function<void()> done);

/// The first statement that such a reader would run. Throws where SQLite refuses it.
std::string first_statement(Database& database, const ReadRequest& request);

}  // namespace syncline::connectors::sqlite
