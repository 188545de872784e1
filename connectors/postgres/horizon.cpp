#include "connectors/postgres/horizon.h"

#include <algorithm>
#include <string>
#include <vector>

#include "connectors/postgres/dialect.h"
#include "connectors/postgres/session.h"
#include "connectors/sql/lists.h"
#include "connectors/sql/open_work.h"
#include "stdlib/base/text.h"

namespace syncline::connectors::postgres {
namespace {

/// A timestamptz as microseconds since 2000-01-01 UTC.
std::string micros_of(const std::string& time) {
  return "(extract(epoch FROM " + time + " - '2000-01-01 00:00:00+00'::timestamptz) * 1000000)::bigint";
}

// Statements of a session that has just begun a transaction are there before the transaction is. What never writes is left out:
// readers of ours, maintenance, senders of replication, and parallel workers, whose leader counts.
std::string transactions_sql() {
  const std::string start = "coalesce(a.xact_start, CASE WHEN a.state <> 'idle' THEN a.query_start END)";
  return "SELECT a.pid, a.usename, a.application_name, " + micros_of(start) + ", concat_ws('/', a.pid, " +
         micros_of("a.backend_start") + ", " + micros_of(start) +
         ") FROM pg_catalog.pg_stat_activity AS a WHERE a.datname = current_database() AND a.pid <> pg_backend_pid() "
         "AND a.backend_type NOT IN ('autovacuum worker', 'walsender', 'parallel worker') "
         "AND coalesce(a.application_name, '') NOT LIKE 'syncline read %' AND " +
         start + " IS NOT NULL ORDER BY 4";
}

constexpr const char* kFacts =
    "SELECT pg_is_in_recovery(), EXISTS (SELECT FROM pg_catalog.pg_roles AS r WHERE r.rolname = 'pg_read_all_stats' AND "
    "pg_has_role(r.oid, 'USAGE')), current_user, "
    "(SELECT min(s.subname) FROM pg_catalog.pg_subscription AS s WHERE s.subenabled AND s.subdbid = "
    "(SELECT d.oid FROM pg_catalog.pg_database AS d WHERE d.datname = current_database()))";

constexpr const char* kSilent =
    "SELECT min(a.pid) FROM pg_catalog.pg_stat_activity AS a WHERE a.datname = current_database() AND a.state = 'disabled'";

constexpr const char* kPrepared =
    "SELECT p.gid, p.owner FROM pg_catalog.pg_prepared_xacts AS p WHERE p.database = current_database() ORDER BY p.prepared "
    "LIMIT 1";

/// The open transactions, oldest first.
struct Transactions {
  explicit Transactions(const Result& rows) {
    for (int row = 0; row < rows.rows(); ++row) names.push_back(rows.text(row, 4));
    if (names.empty()) return;
    oldest = rows.number(0, 3);
    session = rows.text(0, 0);
    user = rows.text(0, 1);
    program = rows.text(0, 2);
  }
  std::vector<std::string> names;  ///< pid, start of the session and of the transaction: unique
  std::int64_t oldest = 0;
  std::string session, user, program;
};

class PostgresHorizon final : public Horizon {
 public:
  explicit PostgresHorizon(const ConnectionSpec& spec) : session_(spec, Role::catalogue, reader_application()) {}

  OpenWork look() override {
    if (auto unknown = missing_facts(); !unknown.why.empty()) return unknown;
    OpenWork work;
    work.now = session_.run("SELECT " + micros_of("clock_timestamp()")).number(0, 0);
    const Transactions open(session_.run(transactions_sql()));
    if (auto unknown = hidden_work(); !unknown.why.empty()) return unknown;
    work.known = true;
    work.oldest = (open.names.empty() ? work.now : std::min(work.now, open.oldest)) - sql::kHorizonMargin;
    work.mark = sql::join(open.names, " ");
    if (!open.names.empty()) work.holder = sql::session_text(open.session, open.user, open.program, work.now - open.oldest);
    return work;
  }

  bool ended(const OpenWork& then) override {
    if (!then.known) return false;
    if (then.mark.empty()) return true;
    const Transactions open(session_.run(transactions_sql()));
    const std::string marked = " " + then.mark + " ";
    const auto still_open = [&](const std::string& name) { return marked.find(" " + name + " ") != std::string::npos; };
    if (std::any_of(open.names.begin(), open.names.end(), still_open)) return false;
    // One of them may have been prepared meanwhile: it has left the list and not ended.
    return session_.run(kPrepared).rows() == 0;
  }

 private:
  /// Empty when this session can see what is open.
  OpenWork missing_facts() {
    Rehearsed primary;
    primary.rows.push_back({"f", "t", "", std::nullopt});
    const Result facts = session_.run(kFacts, primary);
    if (facts.truth(0, 0)) {
      return sql::unknown_work("this PostgreSQL server is a standby, which does not see the transactions open on its primary",
                               "read increments from the primary server");
    }
    if (!facts.truth(0, 1)) {
      const std::string user = facts.text(0, 2);
      return sql::unknown_work("the user " + sql::shown_name(user) + " may not see the transactions of other users",
                               "GRANT pg_read_all_stats TO " + dialect().quote(user) + ";");
    }
    if (!facts.null(0, 3)) {
      return sql::unknown_work("the subscription " + sql::shown_name(facts.text(0, 3)) +
                                   " brings rows of another server, whose transactions cannot be seen here",
                               "read increments from the publishing server");
    }
    return {};
  }

  /// What the list of transactions does not show. Asked behind it: a transaction that is prepared leaves the list first.
  OpenWork hidden_work() {
    const Result silent = session_.run(kSilent);
    if (!silent.null(0, 0)) {
      return sql::unknown_work("session " + silent.text(0, 0) + " does not report its transactions (track_activities is off)",
                               "set track_activities = on for all users of the database");
    }
    const Result prepared = session_.run(kPrepared);
    if (prepared.rows() == 0) return {};
    const std::string gid = prepared.text(0, 0);
    return sql::unknown_work("the prepared transaction " + sql::shown_name(gid) + " of " + sql::shown_name(prepared.text(0, 1)) +
                                 " may still be committed, and nothing tells when it began",
                             "end it with COMMIT PREPARED or ROLLBACK PREPARED");
  }

  Session session_;
};

}  // namespace

std::unique_ptr<Horizon> make_horizon(const ConnectionSpec& spec) {
  return std::make_unique<PostgresHorizon>(spec);
}

}  // namespace syncline::connectors::postgres
