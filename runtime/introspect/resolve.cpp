#include "runtime/introspect/resolve.h"

#include <arpa/inet.h>

#include <charconv>

#include "stdlib/base/text.h"

namespace syncline::introspect {
namespace {

using Settings = std::map<std::string, std::string>;

std::string setting(const Settings& settings, const std::string& name, std::string otherwise = {}) {
  const auto found = settings.find(name);
  return found == settings.end() ? otherwise : found->second;
}

int number(const Settings& settings, const std::string& name, int otherwise) {
  const std::string text = setting(settings, name);
  int value = otherwise;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

bool loopback(const std::string& host) {
  in_addr v4{};
  if (::inet_pton(AF_INET, host.c_str(), &v4) == 1) return ntohl(v4.s_addr) >> 24U == 127U;
  return host == "localhost" || host == "::1" || host == "[::1]";
}

/// Where the traffic never leaves this machine, TLS is off unless asked for.
bool local(const connectors::ConnectionSpec& spec) {
  const bool socket = !spec.socket.empty() || (!spec.host.empty() && spec.host.front() == '/');
  return socket || spec.host.empty() || loopback(text::ascii_lower(spec.host));
}

connectors::Tls tls(const Settings& settings, const connectors::ConnectionSpec& spec) {
  const std::string text = setting(settings, "tls");
  if (text == "off") return connectors::Tls::off;
  if (text == "require") return connectors::Tls::require;
  if (text == "verify_ca") return connectors::Tls::verify_ca;
  if (text == "verify_full") return connectors::Tls::verify_full;
  return local(spec) ? connectors::Tls::off : connectors::Tls::verify_full;
}

void place(const Settings& settings, connectors::ConnectionSpec& spec) {
  spec.host = setting(settings, "host");
  spec.port = number(settings, "port", 0);
  spec.socket = setting(settings, "socket");
  spec.user = setting(settings, "user");
  spec.database = setting(settings, "database");
  spec.path = setting(settings, "path");
}

void behaviour(const Settings& settings, connectors::ConnectionSpec& spec) {
  spec.tls = tls(settings, spec);
  spec.tls_ca = setting(settings, "tls_ca");
  spec.timezone = setting(settings, "timezone", spec.timezone);
  spec.connect_timeout = std::chrono::seconds(number(settings, "connect_timeout", 10));
  spec.stall_timeout = std::chrono::seconds(number(settings, "stall_timeout", 60));
  spec.allow_writes = setting(settings, "allow_writes") == "true";
  spec.state_in_target = setting(settings, "state") != "local";
  spec.state_schema = setting(settings, "state_schema", spec.state_schema);
}

}  // namespace

connectors::ConnectionSpec resolve(const plan::Connection& connection) {
  connectors::ConnectionSpec spec;
  spec.name = connection.name;
  spec.engine = connection.engine;
  place(connection.settings, spec);
  behaviour(connection.settings, spec);
  const auto password = connection.secrets.find("password");
  if (password != connection.secrets.end()) spec.password = resolve_secret(connection.name, password->second);
  return spec;
}

}  // namespace syncline::introspect
