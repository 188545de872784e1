#include "lab.h"

/// What kind of failure it was, and that no message gives a secret away.
using namespace syncline;
using namespace syncline::conformance;

namespace {

std::string all_text(const connectors::ConnectorError& error) {
  return std::string(error.what()) + error.help + error.statement + error.sqlstate;
}

/// Every way to open a session with this connection ends in the same kind of error.
void refused(const Lab& lab, const connectors::ConnectionSpec& spec, ErrorKind kind) {
  const std::string secret(spec.password.reveal());
  const std::vector<std::function<void()>> ways{
      [&] { lab.connector.open_introspector(spec)->containers(); },
      [&] { lab.connector.open_snapshot(spec, {}); },
      [&] { lab.connector.open_target_state(spec)->managed({lab.name("x")}); },
      [&] { lab.connector.open_loader(spec, identity("01X")); },
  };
  for (const auto& way : ways) {
    const auto error = failure(way, kind);
    BOOST_TEST(!std::string(error.what()).empty());
    if (!secret.empty()) BOOST_TEST(all_text(error).find(secret) == std::string::npos, error.what());
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(errors)

ENGINE_CASE(a_server_that_is_not_there_is_unreachable) {
  Lab lab(engine);
  auto spec = lab.spec;
  if (spec.port == 0) {
    spec.path += ".d/missing/lab.db";
    failure([&] { lab.connector.open_introspector(spec)->containers(); }, ErrorKind::unreachable);
    return;
  }
  spec.port = 1;
  spec.password = Secret("secret-5d2e");
  refused(lab, spec, ErrorKind::unreachable);
}

ENGINE_CASE(a_refused_login_is_auth) {
  Lab lab(engine);
  if (lab.spec.password.empty()) return;  // This server lets everybody in.
  auto spec = lab.spec;
  spec.password = Secret("secret-5d2e");
  refused(lab, spec, ErrorKind::auth);
}

ENGINE_CASE(an_unknown_user_or_database_is_refused) {
  Lab lab(engine);
  if (lab.spec.database.empty()) return;
  auto spec = lab.spec;
  spec.database = "conformance_no_such_database";
  try {
    lab.connector.open_introspector(spec)->containers();
    BOOST_ERROR("no error");
  } catch (const connectors::ConnectorError& error) {
    BOOST_TEST((error.kind == ErrorKind::missing || error.kind == ErrorKind::unreachable), connectors::to_string(error.kind));
    BOOST_TEST(std::string(error.what()).find(spec.database) != std::string::npos, error.what());
  }
}

ENGINE_CASE(a_connection_that_may_not_write_is_no_target) {
  Lab lab(engine);
  failure([&] { lab.connector.open_target_state(lab.source_spec()); }, ErrorKind::setup);
  failure([&] { lab.connector.open_loader(lab.source_spec(), identity("01X")); }, ErrorKind::setup);
}

BOOST_AUTO_TEST_SUITE_END()
