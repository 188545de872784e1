#include "connectors/mysql/errors.h"

#include <errmsg.h>
#include <mysql.h>

#include "stdlib/base/text.h"

namespace syncline::connectors::mysql {
namespace {

constexpr std::size_t kShownStatement = 400;

std::string help_for(unsigned code) {
  switch (code) {
    case 1153:
    case CR_NET_PACKET_TOO_LARGE:
      return "raise `max_allowed_packet` on the server above the size of the largest row";
    case 1148:
    case 3948:
    case 4166:
      return "allow it on the server: SET GLOBAL local_infile = 1";
    case 1040:
    case 1203:
    case 1226:
      return "lower `source_connections` or `target_connections`, or raise the server's limit";
    case 1290:
    case 1836:
      return "the server is read-only; choose another target or switch read_only off";
    case 2002:
    case 2003:
      return "check `host`, `port` and `socket`, and that the server is running";
    case 2026:
      return "the server's certificate must be signed by an authority in `tls_ca` (the system's by default) and name the `host`";
    case 1526:
      return "add a partition that takes it";
    case 2005:
      return "check `host`: the name cannot be resolved";
    default:
      return {};
  }
}

/// Server texts quote the value that was refused: "Incorrect integer value: 'x' for column 'c'". Values are not for logs, but for
/// the keys by which rows are named.
std::string without_value(unsigned code, std::string_view message) {
  if (code != 1366 && code != 1292 && code != 1411 && code != 1525 && code != 1300) return std::string(message);
  const auto open = message.find('\'');
  auto close = message.rfind("' for ");
  if (close == std::string_view::npos) close = message.rfind('\'');
  if (open == std::string_view::npos || close == std::string_view::npos || close <= open) return std::string(message);
  return std::string(message.substr(0, open)) + "(value)" + std::string(message.substr(close + 1));
}

}  // namespace

ErrorKind classify(unsigned code, bool connecting) {
  switch (code) {
    case 1045:
    case 1130:
    case 1251:
    case 1820:
    case 1862:
    case 1698:
    case 2059:
    case 2049:
    case 2061:
    case 3118:
    case 4151:
      return ErrorKind::auth;
    case 1044:
      return connecting ? ErrorKind::auth : ErrorKind::permission;
    case 1049:
      return ErrorKind::missing;
    case 1142:
    case 1143:
    case 1227:
    case 1370:
    case 1410:
    case 1290:
    case 1792:
    case 1836:
    case 1095:
      return ErrorKind::permission;
    case 2002:
    case 2003:
    case 2005:
    case 2012:
    case 2026:
    case 1129:
      return ErrorKind::unreachable;
    case 2006:
    case 2013:
    case 2055:
      return connecting ? ErrorKind::unreachable : ErrorKind::transient;
    case 1205:
    case 1213:
    case 1053:
    case 1077:
    case 1079:
    case 1158:
    case 1159:
    case 1160:
    case 1161:
    case 1927:
    case 1040:
    case 1203:
    case 1226:
    case 1020:
    case 1180:
    case 1184:
    case 4031:
      return ErrorKind::transient;
    case 1146:
    case 1051:
    case 1176:
    case 1091:
      return ErrorKind::missing;
    case 1054:
    case 1412:
    case 1050:
    case 1060:
    case 1136:
      return ErrorKind::drift;
    case 1062:
    case 1526:
    case 1451:
    case 1452:
    case 1048:
    case 1216:
    case 1217:
    case 1586:
    case 1022:
    case 3819:
    case 4025:
    case 1822:
    case 1005:
    case 1761:
    case 1762:
      return ErrorKind::constraint;
    case 1021:
    case 1114:
    case 1034:
    case 1030:
    case 3:
    case 20:
    case 1026:
    case 1037:
    case 1038:
    case 1041:
      return ErrorKind::full;
    case 1317:
    case 1969:
    case 3024:
    case 1028:
    case 1870:
      return ErrorKind::cancelled;
    case 1264:
    case 1265:
    case 1366:
    case 1406:
    case 1292:
    case 1263:
    case 1411:
    case 3140:
    case 1300:
    case 1690:
    case 1153:
    case 1416:
    case CR_NET_PACKET_TOO_LARGE:
      return ErrorKind::value;
    case 1835:
    case 2000:
    case 2014:
    case 2027:
    case 2025:
      return ErrorKind::protocol;
    default:
      return ErrorKind::unsupported;
  }
}

ConnectorError make_error(unsigned code, std::string_view sqlstate, std::string_view message, std::string_view statement,
                          bool connecting) {
  ConnectorError error(classify(code, connecting), text::printable(without_value(code, message)));
  error.native_code = static_cast<int>(code);
  error.sqlstate = sqlstate;
  error.statement = text::truncate_utf8(statement, kShownStatement);
  error.help = help_for(code);
  return error;
}

}  // namespace syncline::connectors::mysql
