#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "connectors/mysql/client.h"

/// Read views that are open on a server. A swap puts another table in the place of the live one: a view that is older than the
/// new table's rows would find none.
namespace syncline::connectors::mysql {

struct ReadView {
  std::string session;  ///< its connection id
  std::string limits;   ///< "will not see trx with id >= 21, sees < 21": a later view of the same session has others
  bool operator==(const ReadView& other) const { return session == other.session && limits == other.limits; }
};

/// The views in the text of SHOW ENGINE INNODB STATUS, which no copy makes old (INNODB_TRX is one, transactions.h). Nothing when
/// the server left out a part of its list (it ends at 1 MB) or writes in a way that is not known.
std::optional<std::vector<ReadView>> read_views(std::string_view status);

/// Waits until the views of other sessions that are open now are gone, except those of statements under READ COMMITTED; for
/// `patience` at most, and once in a process for each view. Returns one line for each that is left ("session 7, whose
/// transaction began at …"). Without the right to see (PROCESS) there is nothing to wait for.
std::vector<std::string> wait_for_older_snapshots(Connection& connection, std::chrono::seconds patience);

}  // namespace syncline::connectors::mysql
