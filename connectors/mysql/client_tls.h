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

inline int socket_of(MYSQL* mysql) {
#ifdef MARIADB_BASE_VERSION
  return static_cast<int>(mysql_get_socket(mysql));
#else
  return static_cast<int>(mysql->net.fd);
#endif
}

}  // namespace syncline::connectors::mysql
