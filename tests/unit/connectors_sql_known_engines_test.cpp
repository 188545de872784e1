#include <boost/test/unit_test.hpp>
#include <set>

#include "connectors/known_engines.h"

using namespace syncline::connectors;

BOOST_AUTO_TEST_SUITE(connectors_known_engines)

BOOST_AUTO_TEST_CASE(every_engine_of_the_language_that_is_not_built_is_described) {
  std::set<std::string_view> names;
  for (const auto& engine : known_engines()) {
    names.insert(engine.name);
    BOOST_TEST(!engine.built);
    BOOST_TEST(engine.levels.size() == 2U);
    BOOST_TEST(engine.levels.back() == "table");
    BOOST_TEST(!engine.table_types.empty());
    BOOST_TEST(!engine.create_properties.empty());
  }
  const std::set<std::string_view> wanted = {"doris",     "starrocks", "clickhouse", "maxcompute",
                                             "greenplum", "hologres",  "oracle",     "sqlserver"};
  BOOST_TEST((names == wanted));
}

BOOST_AUTO_TEST_CASE(settings_are_named_once_and_secrets_are_secrets) {
  for (const auto& engine : known_engines()) {
    std::set<std::string_view> names;
    for (const auto& setting : engine.settings) {
      BOOST_TEST(names.insert(setting.name).second, std::string(engine.name) + " names twice: " + std::string(setting.name));
      if (setting.name == "password") BOOST_TEST((setting.type == SettingType::secret));
      BOOST_TEST((setting.type == SettingType::choice) == !setting.choices.empty());
    }
    for (const std::string_view name : {"host", "user", "password", "allow_writes", "timezone"})
      BOOST_TEST(names.count(name) == 1U);
  }
}

BOOST_AUTO_TEST_SUITE_END()
