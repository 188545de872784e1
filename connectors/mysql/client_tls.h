#pragma once
#include <mysql.h>

#include "connectors/mysql/client.h"

/// The one place where the two client libraries differ (DECISIONS 34): TLS options, and how to get at the socket.
namespace syncline::connectors::mysql {

inline constexpr const char* kSystemBundle = "/etc/ssl/certs/ca-certificates.crt";

/// Sets what `spec.tls` asks for. Never a fallback: a server without TLS refuses the session. Sockets of this host need none.
inline void set_tls(MYSQL* mysql, const ConnectionSpec& spec) {
  const Tls tls = spec.socket.empty() ? spec.tls : Tls::off;
  const std::string bundle = spec.tls_ca.empty() ? kSystemBundle : spec.tls_ca;
#ifdef MARIADB_BASE_VERSION
  if (tls == Tls::verify_ca) {
    ConnectorError error(
        ErrorKind::unsupported,
        "`tls = verify_ca` needs Oracle's client library; this build uses MariaDB's, which checks the host name too");
    error.help = "use `tls = verify_full`, or `tls = require` to encrypt without checking the certificate";
    throw error;
  }
  Flag enforce = tls != Tls::off ? 1 : 0;
  Flag verify = tls == Tls::verify_full ? 1 : 0;
  mysql_optionsv(mysql, MYSQL_OPT_SSL_ENFORCE, &enforce);
  mysql_optionsv(mysql, MYSQL_OPT_SSL_VERIFY_SERVER_CERT, &verify);
  if (tls == Tls::verify_full) mysql_optionsv(mysql, MYSQL_OPT_SSL_CA, bundle.c_str());
#else
  unsigned mode = SSL_MODE_DISABLED;
  if (tls == Tls::require) mode = SSL_MODE_REQUIRED;
  if (tls == Tls::verify_ca) mode = SSL_MODE_VERIFY_CA;
  if (tls == Tls::verify_full) mode = SSL_MODE_VERIFY_IDENTITY;
  mysql_options(mysql, MYSQL_OPT_SSL_MODE, &mode);
  if (tls == Tls::verify_ca || tls == Tls::verify_full) mysql_options(mysql, MYSQL_OPT_SSL_CA, bundle.c_str());
#endif
}

/// `host` as the library has to be told it under `tls = verify_full`. From 3.4 on MariaDB's library compares no certificate with
/// `localhost`, `127.0.0.1` and `::1`, which it knows by their spelling (is_local_connection in its source). `verify_full` means
/// the certificate on every host, so these are spelled otherwise; for 127.0.0.1 there is no other spelling. Throws
/// ConnectorError.
inline std::string host_to_verify(const std::string& host) {
#ifdef MARIADB_BASE_VERSION
  std::size_t library = 0;
  mariadb_get_infov(nullptr, MARIADB_CLIENT_VERSION_ID, &library);
  if (library < 30400) return host;
  if (host == "localhost") return "LOCALHOST";
  if (host == "::1") return "0:0:0:0:0:0:0:1";
  if (host == "127.0.0.1") {
    ConnectorError error(ErrorKind::unreachable,
                         "MariaDB's client library from 3.4 on compares no certificate with 127.0.0.1, so `tls = verify_full` "
                         "would be an empty promise");
    error.help = "write the name that the certificate has as the `host`, for example localhost";
    throw error;
  }
#endif
  return host;
}

inline int socket_of(MYSQL* mysql) {
#ifdef MARIADB_BASE_VERSION
  return static_cast<int>(mysql_get_socket(mysql));
#else
  return static_cast<int>(mysql->net.fd);
#endif
}

}  // namespace syncline::connectors::mysql
