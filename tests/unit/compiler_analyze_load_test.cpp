#include <boost/test/unit_test.hpp>

#include "tests/unit/compiler_analyze_support.h"

BOOST_AUTO_TEST_SUITE(analyze_load)

using namespace syncline;
using namespace syncline::test;

namespace {
const std::string kLoad = "LOAD FULL WRITE RECREATE\n";
}

BOOST_AUTO_TEST_CASE(includes_are_relative_and_read_once) {
  Project project;
  project.file("common/connections.sync", with_connections(""));
  project.file("jobs/a.sync",
               "INCLUDE '../common/connections.sync';\nINCLUDE '../common/../common/connections.sync';\nSYNC s FROM shop TABLES "
               "(a.*) INTO dw " +
                   kLoad + ";");
  const Bound bound = bound_of(project, {"jobs/a.sync"});
  BOOST_TEST(bound.codes() == "", bound.messages());
  BOOST_TEST(bound.unit.connections.size() == 2U);
}

BOOST_AUTO_TEST_CASE(a_folder_holds_scripts) {
  Project project;
  project.file("b/connections.sync", with_connections(""));
  project.file("a.sync", "INCLUDE 'b/connections.sync';\nSYNC s FROM shop TABLES (a.*) INTO dw " + kLoad + ";");
  BOOST_TEST(bound_of(project, {""}).codes() == "");
  BOOST_TEST(bound_of(Project(), {""}).codes() == "SY1030");
  BOOST_TEST(bound_of(project, {"nothing.sync"}).codes() == "SY1030");
}

// A script plus its includes is a unit; scripts given together are merged only where they agree.
BOOST_AUTO_TEST_CASE(scripts_of_a_folder_are_units_of_their_own) {
  Project project;
  project.file("common.sync", with_connections(""));
  project.file("a.sync", "INCLUDE 'common.sync';\nDEFAULTS VERIFY NONE;\nSYNC s FROM shop TABLES (a.*) INTO dw " + kLoad + ";");
  project.file("b.sync", "INCLUDE 'common.sync';\nSYNC t FROM shop TABLES (b.*) INTO dw " + kLoad + " DEPENDS ON s;");
  const Bound both = bound_of(project, {""});
  BOOST_TEST(both.codes() == "", both.messages());
  BOOST_TEST(both.unit.syncs.size() == 2U);
  BOOST_CHECK(both.sync("s").policy.verify.value == types::Verify::none);
  BOOST_CHECK(both.sync("t").policy.verify.value == types::Verify::count);
  BOOST_TEST(both.sync("t").source == both.unit.connections.at("shop").get());
  BOOST_TEST(both.unit.conflicts.empty());
  project.file("c.sync",
               "CONNECTION shop TYPE sqlite (path = 'x');\nCONNECTION dw TYPE sqlite (path = 'y', allow_writes = true);\n"
               "SYNC u FROM shop TABLES (*) INTO dw " +
                   kLoad + ";");
  const Bound all = bound_of(project, {""});
  BOOST_TEST(all.codes() == "", all.messages());
  BOOST_TEST(all.unit.conflicts.size() == 2U);
  compiler::Options options;
  options.select = {"sync:u"};
  BOOST_TEST(bound_of(project, {""}, options).unit.conflicts.empty());
}

BOOST_AUTO_TEST_CASE(cycles) {
  Project project;
  project.file("a.sync", "INCLUDE 'b.sync';").file("b.sync", "INCLUDE 'a.sync';");
  const Bound bound = bound_of(project, {"a.sync"});
  BOOST_TEST(bound.codes() == "SY1003");
  BOOST_TEST(bound.messages().find("a.sync → b.sync → a.sync") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(includes_stay_beneath_the_project) {
  Project outside;
  outside.file("x.sync", "");
  Project project;
  project.file("a.sync", "INCLUDE '/etc/hostname';");
  project.file("b.sync", "INCLUDE '../x.sync';");
  project.file("c.sync", "INCLUDE 'link.sync';");
  std::filesystem::create_symlink(outside.folder() / "x.sync", project.folder() / "link.sync");
  BOOST_TEST(bound_of(project, {"a.sync"}).codes() == "SY1029");
  BOOST_TEST(bound_of(project, {"b.sync"}).codes() == "SY1029");
  BOOST_TEST(bound_of(project, {"c.sync"}).codes() == "SY1029");
}

BOOST_AUTO_TEST_CASE(missing_large_and_deep_files) {
  Project project;
  project.file("a.sync", "INCLUDE 'nothing.sync';");
  project.file("big.sync", std::string((4U << 20U) + 1, ' '));
  for (int i = 0; i < 20; ++i) project.file("d" + std::to_string(i) + ".sync", "INCLUDE 'd" + std::to_string(i + 1) + ".sync';");
  BOOST_TEST(bound_of(project, {"a.sync"}).codes() == "SY0007");
  BOOST_TEST(bound_of(project, {"big.sync"}).codes() == "SY0007");
  BOOST_TEST(bound_of(project, {"d0.sync"}).codes() == "SY0008");
}

BOOST_AUTO_TEST_CASE(the_prelude_is_there_and_may_be_replaced) {
  const std::string sync = "SYNC s FROM shop TABLES (a.*) INTO dw USING batch_sync;";
  const Bound bound = bound_of(with_connections(sync));
  BOOST_TEST(bound.codes() == "", bound.messages());
  BOOST_CHECK(bound.sync("s").policy.load->value.mode == types::WriteMode::truncate);
  const Bound replaced = bound_of(with_connections("TEMPLATE batch_sync AS LOAD FULL WRITE APPEND;\n" + sync));
  BOOST_TEST(replaced.codes() == "", replaced.messages());
  BOOST_CHECK(replaced.sync("s").policy.load->value.mode == types::WriteMode::append);
}

BOOST_AUTO_TEST_CASE(fingerprints_ignore_layout_and_comments) {
  const std::string one = bound_of(with_sync(kLoad + "VERIFY NONE")).unit.fingerprint;
  BOOST_TEST(one ==
             bound_of("-- a comment\n" + with_sync("  LOAD   FULL\nWRITE recreate -- why\n VERIFY none")).unit.fingerprint);
  BOOST_TEST(one != bound_of(with_sync(kLoad + "VERIFY COUNT")).unit.fingerprint);
}

BOOST_AUTO_TEST_CASE(levels_may_change_but_not_for_errors) {
  const std::string glob = with_connections("SYNC s FROM shop TABLES (shop.~'user_*') INTO dw " + kLoad + ";");
  BOOST_TEST(bound_of(glob).result.sink.errors() == 0U);
  BOOST_TEST(bound_of("SET SY1007 = error;\n" + glob).result.sink.errors() == 1U);
  BOOST_TEST(bound_of("SET SY1001 = warning;").codes() == "SY1018");
  compiler::Options options;
  options.severities["SY1007"] = diag::Severity::error;
  BOOST_TEST(bound_of(glob, options).result.sink.errors() == 1U);
  options.severities["SY3001"] = diag::Severity::info;
  BOOST_TEST(bound_of(with_sync("VERIFY NONE"), options).result.sink.errors() == 1U);
}

BOOST_AUTO_TEST_CASE(show_names_every_origin) {
  const Bound bound = bound_of("DEFAULTS LIMITS (parallel_tables = 2);\n" + with_sync(kLoad));
  const std::string text = bound::to_text(bound.unit, bound.result.sources);
  BOOST_TEST(text.find("parallel_tables = 2 [DEFAULTS s.sync:1]") != std::string::npos);
  BOOST_TEST(text.find("retries = 2 [built-in]") != std::string::npos);
  BOOST_TEST(text.find("LOAD FULL WRITE recreate [SYNC s.sync:5]") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
