#pragma once
#include <string>

#include "connectors/mysql/client.h"

namespace syncline::connectors::mysql {

/// The transactions that are open on the server. Its list is a copy that it makes anew only when nobody has read it for 0.1 s; so
/// a question is asked again at irregular times, 0.2 s apart, until the copy shows the question itself.
struct Transactions {
  Rows rows;           ///< trx_mysql_thread_id, then `columns`; our own question among them
  bool fresh = false;  ///< else an old copy: others read it all the time
};

/// `columns` of information_schema.INNODB_TRX, comma-separated, in SQL. Begins and ends a transaction of the session. Throws
/// ConnectorError, kind permission without PROCESS.
Transactions open_transactions(Connection& connection, const std::string& columns, int tries = 60);

}  // namespace syncline::connectors::mysql
