#include "connectors/mysql/horizon.h"

#include <algorithm>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "connectors/mysql/client.h"
#include "connectors/mysql/dialect.h"
#include "connectors/mysql/transactions.h"
#include "connectors/sql/lists.h"
#include "connectors/sql/open_work.h"

namespace syncline::connectors::mysql {
namespace {

constexpr std::int64_t kSecond = 1'000'000;

/// A DATETIME in UTC as microseconds since 2000-01-01.
std::string micros_of(const std::string& utc) {
  return "TIMESTAMPDIFF(MICROSECOND, '2000-01-01', " + utc + ")";
}

// The server tells these starts in its own time zone, whatever that of the session. An hour that comes twice is taken as the
// first.
std::string started_micros() {
  const std::string utc = "CONVERT_TZ(trx_started, 'SYSTEM', '+00:00')";
  const std::string earlier = utc + " - INTERVAL 1 HOUR";
  return micros_of("IF(CONVERT_TZ(" + earlier + ", '+00:00', 'SYSTEM') = trx_started, " + earlier + ", " + utc + ")");
}

std::string statements_sql() {
  return "SELECT ID, USER, COMMAND, " + micros_of("UTC_TIMESTAMP(6)") +
         " - GREATEST(COALESCE(TIME, 0), 0) * 1000000 FROM information_schema.PROCESSLIST WHERE ID <> CONNECTION_ID()";
}

std::int64_t number(const std::optional<std::string>& cell) {
  return cell ? std::stoll(*cell) : 0;
}

bool runs_statement(const std::string& command) {
  static const std::set<std::string> kIdle{"Sleep", "Daemon", "Connect", "Binlog Dump", "Binlog Dump GTID"};
  return kIdle.count(command) == 0;
}

/// A transaction that may write, or a running statement that may begin one.
struct Work {
  std::string session;  ///< 0: it has none any more
  std::int64_t started = 0;
  std::string name;  ///< s<session>:<start> of a statement, t<session>:<start> or x<id>:<start> of a transaction
};

/// What is open on the server, as far as its two lists tell.
struct View {
  std::map<std::string, std::string> users;  ///< of all sessions
  std::vector<Work> statements;
  std::vector<Work> transactions;
  std::set<std::string> read_only;  ///< sessions whose transaction cannot write
  bool replica = false;

  void add_session(const Row& row, const Connection& own) {
    const std::string session = row[0].value_or("0");
    const std::string user = row[1].value_or("");
    const std::string command = row[2].value_or("");
    users[session] = user;
    replica = replica || (user == "system user" && command != "Daemon");
    if (!runs_statement(command) || is_own_session(own.server(), std::stoull(session))) return;
    const std::int64_t started = number(row[3]);
    statements.push_back({session, started, "s" + session + ":" + std::to_string(started)});
  }

  void add_transaction(const Row& row) {
    const std::string session = row[0].value_or("0");
    if (row[2] == "1") {
      read_only.insert(session);
      return;
    }
    const std::int64_t started = number(row[3]);
    const std::string who = session == "0" ? "x" + row[1].value_or("") : "t" + session;
    transactions.push_back({session, started, who + ":" + std::to_string(started)});
  }

  /// The list of transactions was made later: a session that is in a read-only one has finished its earlier statement.
  void drop_readers() {
    const auto reads = [&](const Work& work) { return read_only.count(work.session) > 0; };
    statements.erase(std::remove_if(statements.begin(), statements.end(), reads), statements.end());
  }

  [[nodiscard]] std::vector<Work> work() const {
    std::vector<Work> all = transactions;
    all.insert(all.end(), statements.begin(), statements.end());
    return all;
  }
  [[nodiscard]] bool without_session() const {
    return std::any_of(transactions.begin(), transactions.end(), [](const Work& work) { return work.session == "0"; });
  }
  [[nodiscard]] bool busy(const std::string& session) const {
    const auto of_session = [&](const Work& work) { return work.session == session; };
    return std::any_of(transactions.begin(), transactions.end(), of_session) ||
           std::any_of(statements.begin(), statements.end(), of_session);
  }
};

class MysqlHorizon final : public Horizon {
 public:
  explicit MysqlHorizon(const ConnectionSpec& spec) : connection_(spec, Role::catalogue) {}

  OpenWork look() override {
    OpenWork work;
    work.now = number(connection_.scalar("SELECT " + micros_of("UTC_TIMESTAMP(6)")));
    View view;
    if (auto unknown = fill(view); !unknown.why.empty()) return unknown;
    if (auto unknown = prepared_work(view); !unknown.why.empty()) return unknown;
    work.known = true;
    work.oldest = work.now - sql::kHorizonMargin;
    const auto open = view.work();
    const auto oldest =
        std::min_element(open.begin(), open.end(), [](const Work& a, const Work& b) { return a.started < b.started; });
    if (oldest == open.end()) return work;
    work.oldest = std::min(work.now, oldest->started) - sql::kHorizonMargin;
    work.holder = sql::session_text(oldest->session, view.users[oldest->session], "", work.now - oldest->started);
    std::vector<std::string> names;
    for (const auto& item : open) names.push_back(item.name);
    work.mark = sql::join(names, " ");
    return work;
  }

  bool ended(const OpenWork& then) override {
    if (!then.known) return false;
    if (then.mark.empty()) return true;
    View view;
    if (!fill(view).why.empty() || !prepared_work(view).why.empty()) return false;
    if (then.mark != watched_) waited_for_.clear();
    watched_ = then.mark;
    bool all = true;
    std::istringstream names(then.mark);
    for (std::string name; names >> name;) all = is_over(name, view) && all;
    return all;
  }

 private:
  /// Statements first: one that ends between the two lists has left its open transaction for the second.
  OpenWork fill(View& view) {
    for (const Row& row : connection_.query(statements_sql())) view.add_session(row, connection_);
    if (view.replica) {
      return sql::unknown_work("this server replicates from another one, whose open transactions cannot be seen here",
                               "read increments from the primary server");
    }
    try {
      if (!fill_transactions(view)) {
        return sql::unknown_work("other programs read information_schema.INNODB_TRX so often that the server does not renew it",
                                 "let them read it less often than every 0.2 s");
      }
    } catch (const ConnectorError& error) {
      if (error.kind != ErrorKind::permission) throw;
      return missing_right();
    }
    view.drop_readers();
    return {};
  }

  /// False: the server showed old copies only.
  bool fill_transactions(View& view) {
    const Transactions open = open_transactions(connection_, "trx_id, trx_is_read_only, " + started_micros());
    for (const Row& row : open.rows) view.add_transaction(row);
    return open.fresh;
  }

  OpenWork missing_right() {
    const std::string account = connection_.scalar("SELECT CURRENT_USER()").value_or("");
    const auto at = std::min(account.rfind('@'), account.size());
    const std::string host = at < account.size() ? account.substr(at + 1) : "%";
    return sql::unknown_work("the user " + sql::shown_name(account) + " may not see the transactions of other users",
                             "GRANT PROCESS ON *.* TO " + quote_text(account.substr(0, at)) + "@" + quote_text(host) + ";");
  }

  OpenWork prepared_work(const View& view) {
    Rows prepared;
    try {
      prepared = connection_.query("XA RECOVER");
    } catch (const ConnectorError& error) {
      if (error.kind == ErrorKind::transient) throw;
      if (!view.without_session()) return {};
      return sql::unknown_work("a transaction without a session is open, and this user may not see whether it is a prepared one",
                               "grant the user XA_RECOVER_ADMIN");
    }
    if (prepared.empty()) return {};
    const std::string name = prepared[0].size() == 4 ? prepared[0][3].value_or("") : "";
    return sql::unknown_work(
        "the prepared XA transaction " + sql::shown_name(name) + " may still be committed, and nothing tells when it began",
        "end it with XA COMMIT or XA ROLLBACK");
  }

  /// A statement may have begun a transaction: it is over once its session was seen without both.
  bool is_over(const std::string& name, const View& view) {
    if (waited_for_.count(name) > 0) return true;
    const auto is_it = [&](const Work& work) { return work.name == name; };
    const bool open = name.front() == 's' ? view.busy(name.substr(1, name.find(':') - 1))
                                          : std::any_of(view.transactions.begin(), view.transactions.end(), is_it);
    if (!open) waited_for_.insert(name);
    return !open;
  }

  Connection connection_;
  std::string watched_;               ///< the mark last asked about
  std::set<std::string> waited_for_;  ///< what of it is over
};

}  // namespace

std::unique_ptr<Horizon> make_horizon(const ConnectionSpec& spec) {
  return std::make_unique<MysqlHorizon>(spec);
}

}  // namespace syncline::connectors::mysql
