#include <sys/stat.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "runtime/introspect/resolve.h"
#include "tests/unit/runtime_fakes.h"

namespace {

using namespace syncline;
namespace fs = std::filesystem;

struct SecretFile {
  fs::path path;
  SecretFile() {
    std::string name = (fs::temp_directory_path() / "syncline-secret-XXXXXX").string();
    ::close(::mkstemp(name.data()));
    path = name;
    std::ofstream(path) << "s3cret\n";
    ::chmod(path.c_str(), 0600);
  }
  ~SecretFile() { fs::remove(path); }
  [[nodiscard]] std::string reference() const { return "file:" + path.string(); }
};

std::string problem(const std::string& reference) {
  try {
    introspect::resolve_secret("shop", reference);
  } catch (const introspect::SecretError& error) {
    BOOST_TEST(error.connection == "shop");
    BOOST_TEST(error.reference == reference);
    return error.message;
  }
  return "";
}

plan::Connection connection(std::map<std::string, std::string> settings) {
  return {"shop", "mysql", std::move(settings), {}};
}

std::unique_ptr<catalog::CatalogProvider> provider(const connectors::Registry& registry) {
  const std::map<std::string, plan::Connection> connections{
      {"shop", {"shop", "fake", {}, {}}},
      {"dw", {"dw", "fake", {{"allow_writes", "true"}}, {}}},
      {"bare", {"bare", "fake", {}, {{"password", "env:SYNCLINE_TEST_UNSET"}}}},
  };
  return introspect::live_catalogs(registry)(connections);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(runtime_resolve)

BOOST_AUTO_TEST_CASE(secrets_from_the_environment) {
  ::setenv("SYNCLINE_TEST_SECRET", "pa ss\n", 1);
  BOOST_TEST(introspect::resolve_secret("shop", "env:SYNCLINE_TEST_SECRET").reveal() == "pa ss\n");
  BOOST_TEST(problem("env:SYNCLINE_TEST_UNSET") == "the environment variable is not set");
  BOOST_TEST(problem("vault:x") == "a reference starts with `env:` or `file:`");
}

BOOST_FIXTURE_TEST_CASE(secrets_from_a_file_of_ours, SecretFile) {
  BOOST_TEST(introspect::resolve_secret("shop", reference()).reveal() == "s3cret");
  ::chmod(path.c_str(), 0400);
  BOOST_TEST(introspect::resolve_secret("shop", reference()).reveal() == "s3cret");
}

BOOST_FIXTURE_TEST_CASE(a_file_that_others_may_read_is_refused, SecretFile) {
  for (const unsigned mode : {0640U, 0604U, 0620U}) {
    ::chmod(path.c_str(), mode);
    BOOST_TEST(problem(reference()) == "others may read it: `chmod 600` it");
  }
}

BOOST_AUTO_TEST_CASE(a_missing_file_and_a_folder_are_named) {
  BOOST_TEST(problem("file:/nonexistent/secret") == "No such file or directory");
  BOOST_TEST(problem("file:/") == "not a regular file");
}

BOOST_AUTO_TEST_CASE(settings_become_a_spec) {
  const auto spec = introspect::resolve(connection({{"host", "db.example.org"},
                                                    {"port", "3307"},
                                                    {"user", "u"},
                                                    {"database", "d"},
                                                    {"timezone", "Asia/Shanghai"},
                                                    {"state", "local"},
                                                    {"state_schema", "mine"},
                                                    {"allow_writes", "true"},
                                                    {"connect_timeout", "3"}}));
  BOOST_TEST(spec.host == "db.example.org");
  BOOST_TEST(spec.port == 3307);
  BOOST_TEST(spec.timezone == "Asia/Shanghai");
  BOOST_TEST(!spec.state_in_target);
  BOOST_TEST(spec.state_schema == "mine");
  BOOST_TEST(spec.allow_writes);
  BOOST_TEST(spec.connect_timeout.count() == 3);
  BOOST_TEST(spec.stall_timeout.count() == 60);
}

BOOST_AUTO_TEST_CASE(tls_is_on_unless_the_traffic_stays_here) {
  const auto tls = [](std::map<std::string, std::string> settings) {
    return introspect::resolve(connection(std::move(settings))).tls;
  };
  BOOST_TEST((tls({{"host", "db.example.org"}}) == connectors::Tls::verify_full));
  BOOST_TEST((tls({{"host", "localhost"}}) == connectors::Tls::off));
  BOOST_TEST((tls({{"host", "127.0.0.1"}}) == connectors::Tls::off));
  BOOST_TEST((tls({{"host", "::1"}}) == connectors::Tls::off));
  BOOST_TEST((tls({{"socket", "/run/db.sock"}}) == connectors::Tls::off));
  BOOST_TEST((tls({{"host", "127.example.org"}}) == connectors::Tls::verify_full));
  BOOST_TEST((tls({{"host", "localhost"}, {"tls", "require"}}) == connectors::Tls::require));
  BOOST_TEST((tls({{"host", "db.example.org"}, {"tls", "off"}}) == connectors::Tls::off));
}

BOOST_AUTO_TEST_CASE(catalogues_ask_once) {
  fakes::World world;
  world.source = {{"orders", 1}};
  fakes::Registry registry(world);
  const auto live = provider(registry);
  catalog::Catalog& shop = live->catalog("shop");
  BOOST_TEST(shop.objects().size() == 1U);
  BOOST_TEST(shop.objects().size() == 1U);
  const std::vector<types::ObjectName> names{{"shop", "orders"}, {"shop", "gone"}};
  BOOST_TEST(shop.describe(names).size() == 1U);
  BOOST_TEST(shop.describe(names).size() == 1U);
  BOOST_TEST(&live->catalog("shop") == &shop);
  BOOST_TEST(world.count("introspect shop") == 1U);
  BOOST_TEST(world.count("list") == 1U);
  BOOST_TEST(world.count("describe") == 1U);
  BOOST_TEST(shop.managed(names).empty());
  BOOST_TEST(world.count("open_state") == 0U);
  BOOST_TEST(live->catalog("dw").managed(names).empty());
  BOOST_TEST(world.count("open_state") == 1U);
  BOOST_TEST(live->same_server("shop", "dw"));
}

BOOST_AUTO_TEST_CASE(a_server_that_does_not_answer_is_asked_once) {
  fakes::World world;
  world.always["introspect shop"] = static_cast<int>(connectors::ErrorKind::auth);
  fakes::Registry registry(world);
  const auto live = provider(registry);
  for (int again = 0; again < 2; ++again) {
    BOOST_CHECK_EXCEPTION(live->catalog("shop"), catalog::Unavailable, [](const catalog::Unavailable& problem) {
      return problem.refused_login && problem.connection == "shop";
    });
  }
  BOOST_TEST(world.count("introspect shop") == 1U);
  BOOST_CHECK_EXCEPTION(live->catalog("bare"), catalog::Unavailable, [](const catalog::Unavailable& problem) {
    return problem.secret == "env:SYNCLINE_TEST_UNSET" && problem.message == "the environment variable is not set";
  });
}

BOOST_AUTO_TEST_SUITE_END()
