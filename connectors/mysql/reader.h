#pragma once
#include <functional>
#include <memory>

#include "connectors/api/dialect.h"
#include "connectors/api/source.h"
#include "connectors/mysql/client.h"

namespace syncline::connectors::mysql {

/// Streams a table through a prepared statement. `give_back` is called with the session when the reader is done with it.
std::unique_ptr<Reader> make_reader(Connection& connection, const ReadRequest& request, std::function<void()> give_back);

/// The first statement that such a reader would send, and its binds (texts).
SqlText first_statement(Connection& connection, const ReadRequest& request);

}  // namespace syncline::connectors::mysql
