#include <algorithm>
#include <boost/property_tree/ptree.hpp>
#include <boost/property_tree/xml_parser.hpp>
#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>
#include <random>
#include <set>
#include <sstream>

#include "compiler/diag/kinds.h"
#include "compiler/diag/render.h"
#include "stdlib/base/text.h"

BOOST_AUTO_TEST_SUITE(compiler_diag_formats)

using namespace syncline;
using nlohmann::json;
using source::Span;

namespace {

/// Ü and the emoji stand before the names: two bytes and one column, four bytes and one column (two in UTF-16).
const std::string kScript = "SYNC s\n/* Ü🙂 */ FROM shpo TABLES (x.*)\n  INTO dw;\n";
const std::string kHostile = "a::b%25\r\n::error::\"<x>&'\x1b[31m\x01\xF0\x9F\x99\x82\xEF\xBF\xBF]]>{0}[t](http://e)\xC3";

struct Fixture {
  source::SourceSet sources;
  source::SourceId id = sources.add("jobs/a b.sync", kScript);
  diag::Sink sink;

  Span find(const std::string& text) const {
    const auto at = static_cast<std::uint32_t>(kScript.find(text));
    return {id, at, at + static_cast<std::uint32_t>(text.size())};
  }

  diag::Report report() const { return diag::Report{sink, sources}; }

  /// One finding of each kind: with a fix and a secondary label, over several lines, a warning without a place.
  void fill() {
    sink.emit(diag::UnknownName("connection", "shpo")
                  .at(find("shpo"), "not defined")
                  .also(find("dw"), "this one is")
                  .did_you_mean("shpo", {"shop"})
                  .note("2 connections are known"));
    sink.emit(diag::PlainRegex("x").at(find("FROM shpo TABLES (x.*)\n  INTO")));
    sink.emit(diag::TlsOff("c", "h"));
  }

  json sarif() const { return json::parse(diag::render_sarif(report()))["runs"][0]; }
};

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

boost::property_tree::ptree xml_of(const std::string& text) {
  std::istringstream stream(text);
  boost::property_tree::ptree tree;
  boost::property_tree::read_xml(stream, tree);
  return tree;
}

/// XML 1.0, 2.2: no control but tab, line feed and carriage return, no U+FFFE and U+FFFF; and valid UTF-8.
bool allowed_in_xml(const std::string& text) {
  const bool plain =
      std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x20 || c == '\n'; });
  return plain && text::valid_utf8(text) && text.find("\xEF\xBF\xBE") == std::string::npos &&
         text.find("\xEF\xBF\xBF") == std::string::npos;
}

/// Undoes what the runner undoes; false when the line is no whole command.
bool parse_command(const std::string& line, std::string& properties, std::string& message) {
  if (line.rfind("::", 0) != 0) return false;
  const std::size_t end = line.find("::", 2);
  if (end == std::string::npos) return false;
  properties = line.substr(2, end - 2);
  message = line.substr(end + 2);
  return true;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(formats, Fixture)

BOOST_AUTO_TEST_CASE(every_format_has_one_name) {
  std::set<std::string_view> names;
  for (const diag::Format& one : diag::formats()) {
    BOOST_TEST(names.insert(one.name).second);
    BOOST_TEST(diag::find_format(one.name) == &one);
    BOOST_TEST((one.for_people || !one.render(report()).empty() || one.name == "github"), one.name);
  }
  BOOST_TEST(names.size() == 7U);
  BOOST_TEST(diag::find_format("yaml") == nullptr);
}

BOOST_AUTO_TEST_CASE(sarif_places_are_code_points) {
  fill();
  const json run = sarif();
  BOOST_TEST(run["columnKind"] == "unicodeCodePoints");
  const json& result = run["results"][0];
  const json& place = result["locations"][0]["physicalLocation"];
  BOOST_TEST(place["artifactLocation"]["uri"] == "jobs/a%20b.sync");
  BOOST_TEST(place["artifactLocation"]["uriBaseId"] == "%SRCROOT%");
  BOOST_TEST((place["region"] == json{{"startLine", 2}, {"startColumn", 15}, {"endLine", 2}, {"endColumn", 19}}));
  BOOST_TEST(result["locations"][0]["message"]["text"] == "not defined");
  BOOST_TEST(result["relatedLocations"][0]["id"] == 1);
  BOOST_TEST(result["relatedLocations"][0]["message"]["text"] == "this one is");
  BOOST_TEST(result["relatedLocations"][0]["physicalLocation"]["region"]["startColumn"] == 8);
  const json& several = run["results"][1]["locations"][0]["physicalLocation"]["region"];
  BOOST_TEST((several == json{{"startLine", 2}, {"startColumn", 10}, {"endLine", 3}, {"endColumn", 7}}));
}

BOOST_AUTO_TEST_CASE(sarif_rules_teach) {
  fill();
  const json run = sarif();
  const json& rules = run["tool"]["driver"]["rules"];
  BOOST_TEST(rules.size() == 2U);
  for (const json& result : run["results"]) BOOST_TEST(rules[result["ruleIndex"].get<std::size_t>()]["id"] == result["ruleId"]);
  BOOST_TEST(rules[0]["id"] == "SY1001");
  BOOST_TEST(rules[0]["name"] == "UnknownName");
  BOOST_TEST(rules[0]["shortDescription"]["text"] ==
             "Something is used by a name that nothing in the script, or in what it includes, has.");
  BOOST_TEST(rules[0]["help"]["markdown"].get<std::string>().find("## How to mend it") != std::string::npos);
  BOOST_TEST(rules[1]["defaultConfiguration"]["level"] == "note");
  BOOST_TEST(run["results"][1]["level"] == "note");
}

BOOST_AUTO_TEST_CASE(sarif_offers_fixes) {
  fill();
  const json fix = sarif()["results"][0]["fixes"][0];
  BOOST_TEST(fix["description"]["text"] == "replace with `shop`");
  const json& replacement = fix["artifactChanges"][0]["replacements"][0];
  BOOST_TEST(replacement["insertedContent"]["text"] == "shop");
  BOOST_TEST((replacement["deletedRegion"] == json{{"startLine", 2}, {"startColumn", 15}, {"endLine", 2}, {"endColumn", 19}}));
}

BOOST_AUTO_TEST_CASE(sarif_keeps_findings_without_a_place_apart) {
  fill();
  const json run = sarif();
  BOOST_TEST(run["results"].size() == 2U);
  const json& notification = run["invocations"][0]["toolConfigurationNotifications"][0];
  BOOST_TEST(notification["descriptor"]["id"] == "SY6009");
  BOOST_TEST(run["tool"]["driver"]["notifications"][0]["id"] == "SY6009");
  BOOST_TEST(run["invocations"][0]["executionSuccessful"] == true);
  sink.emit(diag::NoScripts("jobs"));
  BOOST_TEST(sarif()["invocations"][0]["executionSuccessful"] == false);
}

BOOST_AUTO_TEST_CASE(sarif_messages_hold_no_placeholder_and_no_link) {
  sink.emit(diag::UnknownName("table", "{0}[t](http://e)\\](x)").at(find("shpo")));
  const std::string text = sarif()["results"][0]["message"]["text"];
  BOOST_TEST(text == "no table named `{{0}}[t\\](http://e)\\](x)`");
}

BOOST_AUTO_TEST_CASE(a_byte_order_mark_is_no_column) {
  const source::SourceId marked = sources.add("b.sync", "\xEF\xBB\xBFSYNC s");
  BOOST_TEST(sources.position(marked, 3).column == 1U);
  BOOST_TEST(sources.position(marked, 8).column == 6U);
  BOOST_TEST(sources.position(marked, 0).column == 1U);
}

BOOST_AUTO_TEST_CASE(fingerprints_stay_when_lines_move) {
  fill();
  sink.emit(diag::UnknownName("connection", "shpo").at(find("shpo")));
  const json before = sarif()["results"];
  source::SourceSet moved;
  const source::SourceId there = moved.add("jobs/a b.sync", "-- a line\n\n" + kScript);
  diag::Sink again;
  for (diag::Diagnostic one : sink.all()) {
    for (diag::Label& label : one.labels) label.span = {there, label.span.begin + 11, label.span.end + 11};
    one.message += " since 2026-01-02";
    again.emit(one);
  }
  const json after = json::parse(diag::render_sarif(diag::Report{again, moved}))["runs"][0]["results"];
  std::set<std::string> all;
  for (std::size_t at = 0; at < before.size(); ++at) {
    BOOST_TEST(before[at]["partialFingerprints"] == after[at]["partialFingerprints"]);
    all.insert(before[at]["partialFingerprints"]["finding/v1"].get<std::string>());
  }
  BOOST_TEST(all.size() == before.size());
}

BOOST_AUTO_TEST_CASE(github_commands_are_one_line_each) {
  fill();
  const std::vector<std::string> lines = lines_of(diag::render_github(report()));
  BOOST_TEST(lines.size() == 3U);
  BOOST_TEST(lines[0] ==
             "::error file=jobs/a b.sync,line=2,col=15,endLine=2,endColumn=19,title=SY1001::no connection named `shpo`"
             "%0Anote: 2 connections are known%0Ahelp: did you mean `shop`?   [fix: replace with `shop`]");
  BOOST_TEST(lines[1].rfind("::notice file=jobs/a b.sync,line=2,endLine=3,title=SY1008::", 0) == 0U, lines[1]);
  BOOST_TEST(lines[2].rfind("::warning title=SY6009::", 0) == 0U, lines[2]);
}

BOOST_AUTO_TEST_CASE(github_escapes_properties) {
  const source::SourceId odd = sources.add("a:b,c%d\ne.sync", "x");
  sink.emit(diag::InvalidText("100%").at({odd, 0, 1}));
  BOOST_TEST(diag::render_github(report()) ==
             "::error file=a%3Ab%2Cc%25d e.sync,line=1,col=1,endLine=1,endColumn=2,title=SY0009::100%25\n");
}

BOOST_AUTO_TEST_CASE(gitlab_issues) {
  fill();
  const json issues = json::parse(diag::render_gitlab(report()));
  BOOST_TEST(issues.size() == 3U);
  BOOST_TEST(issues[0]["check_name"] == "SY1001");
  BOOST_TEST(issues[0]["severity"] == "major");
  BOOST_TEST(issues[0]["location"]["path"] == "jobs/a b.sync");
  BOOST_TEST(issues[0]["location"]["lines"]["begin"] == 2);
  BOOST_TEST(issues[1]["severity"] == "info");
  BOOST_TEST(issues[2]["severity"] == "minor");
  BOOST_TEST(issues[2]["location"]["path"] == ".");
  BOOST_TEST(json::parse(diag::render_gitlab(diag::Report{diag::Sink{}, sources})).empty());
}

BOOST_AUTO_TEST_CASE(junit_fails_with_the_exit_code) {
  fill();
  sources.add("jobs/clean.sync", "");
  sources.add("<prelude>", "");
  const auto tree = xml_of(diag::render_junit(report())).get_child("testsuites");
  BOOST_TEST(tree.get<int>("<xmlattr>.tests") == 4);
  BOOST_TEST(tree.get<int>("<xmlattr>.failures") == 1);
  BOOST_TEST(tree.count("testsuite") == 3U);
  std::string strict = diag::render_junit([this] {
    diag::Report denied = report();
    denied.warnings_fail = true;
    return denied;
  }());
  BOOST_TEST(xml_of(strict).get<int>("testsuites.<xmlattr>.failures") == 2);
  BOOST_TEST(strict.find("<testcase classname=\"jobs/clean.sync\" name=\"no findings\" file=\"jobs/clean.sync\"/>") !=
             std::string::npos);
  BOOST_TEST(strict.find("prelude") == std::string::npos);
  BOOST_TEST(strict.find("name=\"SY1001 UnknownName in line 2, column 15\"") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(paths_are_shown_from_the_working_folder) {
  sink.emit(diag::UnknownName("connection", "shpo").at(find("shpo")));
  const auto path_from = [&](const std::string& folder) {
    diag::Report made = report();
    made.project_folder = "/repo/sub";
    made.working_folder = folder;
    return json::parse(diag::render_gitlab(made))[0]["location"]["path"].get<std::string>();
  };
  BOOST_TEST(path_from("/repo/sub") == "jobs/a b.sync");
  BOOST_TEST(path_from("/repo") == "sub/jobs/a b.sync");
  BOOST_TEST(path_from("/repo/sub/jobs") == "a b.sync");
  BOOST_TEST(path_from("/repo/other") == "/repo/sub/jobs/a b.sync");
  diag::Report outside = report();
  outside.project_folder = "/repo/sub";
  outside.working_folder = "/elsewhere";
  const json place =
      json::parse(diag::render_sarif(outside))["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"];
  BOOST_TEST((place == json{{"uri", "file:///repo/sub/jobs/a%20b.sync"}}));
}

/// Whatever stands in names, messages, labels, help, fixes and paths: every document parses, and holds each finding once.
BOOST_AUTO_TEST_CASE(no_text_breaks_a_format) {
  const std::vector<std::string> pieces = {"::",
                                           "%",
                                           "%0A",
                                           "\n",
                                           "\r\n",
                                           "\r",
                                           "\"",
                                           "'",
                                           "<",
                                           ">",
                                           "&",
                                           "]]>",
                                           "<!--",
                                           "{",
                                           "}",
                                           "{0}",
                                           "[a](b)",
                                           "\\",
                                           "\x1b[2J",
                                           std::string(1, '\0'),
                                           "\x01",
                                           "\x7f",
                                           "\xC2\x85",
                                           "\xE2\x80\xA8",
                                           "\xE2\x80\xAE",
                                           "\xEF\xBB\xBF",
                                           "\xEF\xBF\xBE",
                                           "\xEF\xBF\xBF",
                                           "\xF0\x9F\x99\x82",
                                           "\xED\xA0\x80",
                                           "\xC3",
                                           "\xFF",
                                           ",",
                                           ":",
                                           "name",
                                           kHostile};
  std::mt19937 chance(20261122);
  const auto text = [&] {
    std::string made;
    for (std::size_t count = chance() % 6; count > 0; --count) made += pieces[chance() % pieces.size()];
    return made;
  };
  for (int round = 0; round < 2000; ++round) {
    source::SourceSet texts;
    const std::string content = text() + "\n" + text();
    const source::SourceId file = texts.add("f" + text() + ".sync", content);
    const auto span = [&] {
      const auto begin = static_cast<std::uint32_t>(chance() % (content.size() + 1));
      return Span{file, begin, begin + static_cast<std::uint32_t>(chance() % (content.size() + 1 - begin))};
    };
    diag::Sink found;
    const std::size_t count = chance() % 4;
    for (std::size_t at = 0; at < count; ++at) {
      diag::Diagnostic one =
          diag::UnknownName(text(), text()).at(span(), text()).also(span(), text()).note(text()).with_help(text());
      one.fixes.push_back({span(), text(), text(), true});
      one.table = text();
      found.emit(std::move(one));
    }
    const diag::Report hostile{found, texts};
    const json run = json::parse(diag::render_sarif(hostile))["runs"][0];
    BOOST_REQUIRE(run["results"].size() == count);
    for (const json& result : run["results"]) {
      const std::string uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
      const std::string message = result["message"]["text"];
      BOOST_REQUIRE(uri.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/%") ==
                    std::string::npos);
      for (std::size_t brace = message.find('{'); brace != std::string::npos; brace = message.find('{', brace + 2))
        BOOST_REQUIRE(message.substr(brace, 2) == "{{");
    }
    const json issues = json::parse(diag::render_gitlab(hostile));
    std::set<std::string> fingerprints;
    for (const json& issue : issues) fingerprints.insert(issue["fingerprint"].get<std::string>());
    BOOST_REQUIRE(fingerprints.size() == count);

    const std::vector<std::string> lines = lines_of(diag::render_github(hostile));
    BOOST_REQUIRE(lines.size() == count);
    for (const std::string& line : lines) {
      std::string properties, message;
      BOOST_REQUIRE(parse_command(line, properties, message));
      BOOST_REQUIRE(properties.rfind("error file=f", 0) == 0);
      BOOST_REQUIRE(properties.ends_with(",title=SY1001"));
      BOOST_REQUIRE(std::count(properties.begin(), properties.end(), ',') <= 5);
      BOOST_REQUIRE(allowed_in_xml(line) || line.find("\xEF\xBF") != std::string::npos);
    }
    const std::string junit = diag::render_junit(hostile);
    BOOST_REQUIRE(allowed_in_xml(junit));
    const auto tree = xml_of(junit);
    BOOST_REQUIRE(tree.get<std::size_t>("testsuites.<xmlattr>.failures") == count);
    BOOST_REQUIRE(tree.get_child("testsuites").count("testsuite") == 1U);
    BOOST_REQUIRE(tree.get<std::size_t>("testsuites.<xmlattr>.tests") == std::max<std::size_t>(1, count));
  }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE_END()
