#include "connectors/mysql/older_snapshots.h"

#include <algorithm>
#include <charconv>
#include <mutex>
#include <set>
#include <thread>
#include <tuple>

#include "connectors/mysql/transactions.h"

namespace syncline::connectors::mysql {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kPause{50};
constexpr int kTries = 8;  ///< without a new copy READ COMMITTED is waited for as well
constexpr std::string_view kTransaction = "---TRANSACTION ";
constexpr std::string_view kThread = " thread id ";
constexpr std::string_view kView = "Trx read view ";
constexpr std::string_view kCount = " read views open inside InnoDB";

struct OlderSnapshot {
  std::string session;
  std::string started;                ///< of its transaction, in the server's words
  std::optional<std::string> limits;  ///< of its view; nothing when the status was of no use
  bool operator<(const OlderSnapshot& other) const {
    return std::tie(session, started, limits) < std::tie(other.session, other.started, other.limits);
  }
};

std::optional<std::vector<ReadView>> views_now(Connection& connection) {
  const Rehearsed none{Rows{Row{"InnoDB", "", "0 read views open inside InnoDB\n"}}, false};
  const Rows rows = connection.query("SHOW ENGINE INNODB STATUS", none);
  if (rows.empty() || rows.front().size() < 3) return std::nullopt;
  return read_views(rows.front()[2].value_or(""));
}

/// Asked only when the status shows a view of another session, or is of no use: the copy has to be a new one.
std::vector<OlderSnapshot> older_snapshots(Connection& connection) {
  const auto own = [&](const std::string& session) { return is_own_session(connection.server(), std::stoull(session)); };
  auto views = views_now(connection);
  if (views) std::erase_if(*views, [&](const auto& view) { return own(view.session); });
  if (views && views->empty()) return {};
  const auto open = open_transactions(connection, "trx_started, trx_isolation_level", kTries);
  std::vector<OlderSnapshot> older;
  if (!views) {
    for (const Row& row : open.rows) {
      const auto level = row[2].value_or("");
      if (row[0].value_or("0") == "0" || own(*row[0]) || (level != "REPEATABLE READ" && level != "SERIALIZABLE")) continue;
      older.push_back({*row[0], row[1].value_or(""), std::nullopt});
    }
    return older;
  }
  for (const auto& view : *views) {
    const auto found = std::find_if(open.rows.begin(), open.rows.end(), [&](const Row& row) { return row[0] == view.session; });
    if (found == open.rows.end()) {
      if (!open.fresh) older.push_back({view.session, "a moment that the server did not tell", view.limits});
      continue;
    }
    if (open.fresh && (*found)[2].value_or("").starts_with("READ ")) continue;
    older.push_back({view.session, (*found)[1].value_or(""), view.limits});
  }
  return older;
}

void forget_those_gone(Connection& connection, std::vector<OlderSnapshot>& waiting) {
  const auto views = views_now(connection);
  if (views) {
    std::erase_if(waiting, [&](const OlderSnapshot& snapshot) {
      return snapshot.limits &&
             std::find(views->begin(), views->end(), ReadView{snapshot.session, *snapshot.limits}) == views->end();
    });
  }
  if (std::none_of(waiting.begin(), waiting.end(), [](const auto& snapshot) { return !snapshot.limits; })) return;
  const auto open = open_transactions(connection, "trx_started", kTries);
  std::erase_if(waiting, [&](const OlderSnapshot& snapshot) {
    return !snapshot.limits && std::none_of(open.rows.begin(), open.rows.end(), [&](const Row& row) {
      return row[0] == snapshot.session && row[1] == snapshot.started;
    });
  });
}

/// Snapshots that this process has waited for in vain: named again at each swap, waited for no more.
class PatienceLost {
 public:
  bool known(const std::string& server, const OlderSnapshot& snapshot) {
    const std::lock_guard lock(mutex_);
    return lost_.count({server, snapshot}) > 0;
  }
  void add(const std::string& server, const OlderSnapshot& snapshot) {
    const std::lock_guard lock(mutex_);
    lost_.insert({server, snapshot});
  }

 private:
  std::mutex mutex_;
  std::set<std::pair<std::string, OlderSnapshot>> lost_;
};

PatienceLost& patience_lost() {
  static PatienceLost lost;
  return lost;
}

}  // namespace

std::optional<std::vector<ReadView>> read_views(std::string_view status) {
  std::vector<ReadView> views;
  std::optional<std::size_t> counted;
  std::string session;
  while (!status.empty()) {
    const auto end = std::min(status.find('\n'), status.size());
    const auto line = status.substr(0, end);
    status.remove_prefix(std::min(end + 1, status.size()));
    if (line.starts_with(kTransaction)) {
      session.clear();
    } else if (const auto at = line.find(kThread); session.empty() && at != std::string_view::npos) {
      const auto digits = line.substr(at + kThread.size());
      session = digits.substr(0, std::min(digits.find_first_not_of("0123456789"), digits.size()));
    } else if (line.starts_with(kView)) {
      views.push_back({session.empty() ? "0" : session, std::string(line.substr(kView.size()))});
    } else if (line.ends_with(kCount)) {
      std::size_t count = 0;
      const auto digits = line.substr(0, line.size() - kCount.size());
      if (std::from_chars(digits.data(), digits.data() + digits.size(), count).ec == std::errc{}) counted = count;
    }
  }
  if (!counted || *counted > views.size()) return std::nullopt;
  return views;
}

std::vector<std::string> wait_for_older_snapshots(Connection& connection, std::chrono::seconds patience) {
  std::vector<std::string> left;
  try {
    const auto deadline = Clock::now() + patience;
    auto waiting = older_snapshots(connection);
    const auto worth_waiting = [&] {
      return std::any_of(waiting.begin(), waiting.end(),
                         [&](const auto& snapshot) { return !patience_lost().known(connection.server(), snapshot); });
    };
    while (worth_waiting() && Clock::now() < deadline) {
      std::this_thread::sleep_for(kPause);
      forget_those_gone(connection, waiting);
    }
    for (const auto& snapshot : waiting) {
      patience_lost().add(connection.server(), snapshot);
      left.push_back("session " + snapshot.session + ", whose transaction began at " + snapshot.started);
    }
  } catch (const ConnectorError& error) {
    if (error.kind != ErrorKind::permission) throw;
  }
  return left;
}

}  // namespace syncline::connectors::mysql
