#pragma once
#include <string>

#include "connectors/api/target.h"

namespace syncline::connectors::mysql {

/// How LOAD DATA takes the fields of a table's rows.
struct LoadFields {
  std::string charset = "utf8mb4";
  std::string list;  ///< SQL behind the LINES clause: the columns, and how those that need it are made of a variable
};

/// MariaDB keeps the bytes of a binary column as they are under utf8mb4. Oracle's server refuses them as broken text: there a
/// table with bytes is read as binary, and its texts are declared to be utf8mb4 one by one.
LoadFields load_fields(const LoadTable& table, bool mariadb);

}  // namespace syncline::connectors::mysql
