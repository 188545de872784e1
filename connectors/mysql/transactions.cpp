#include "connectors/mysql/transactions.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <random>
#include <thread>

namespace syncline::connectors::mysql {
namespace {

constexpr std::chrono::milliseconds kUntilNewCopy{110};
constexpr int kJitter = 150;  ///< milliseconds: several readers that come in step would keep us out for ever

std::chrono::milliseconds pause() {
  thread_local std::minstd_rand random{std::random_device{}()};
  return kUntilNewCopy + std::chrono::milliseconds(std::uniform_int_distribution<int>(0, kJitter)(random));
}

}  // namespace

Transactions open_transactions(Connection& connection, const std::string& columns, int tries) {
  static std::atomic<std::uint64_t> questions{0};
  Transactions made;
  for (int i = 0; i < tries && !made.fresh; ++i) {
    if (i > 0) std::this_thread::sleep_for(pause());
    const std::string nonce = "look " + std::to_string(++questions) + ";";
    connection.execute("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY");
    const Rehearsed own{Rows{Row(8, "1")}, false};
    made.rows = connection.query("SELECT trx_mysql_thread_id = CONNECTION_ID() AND LOCATE('" + nonce +
                                     "', trx_query) > 0, trx_mysql_thread_id, " + columns + " FROM information_schema.INNODB_TRX",
                                 own);
    connection.execute("COMMIT");
    made.fresh = std::any_of(made.rows.begin(), made.rows.end(), [](const Row& row) { return row[0] == "1"; });
  }
  for (Row& row : made.rows) row.erase(row.begin());
  return made;
}

}  // namespace syncline::connectors::mysql
