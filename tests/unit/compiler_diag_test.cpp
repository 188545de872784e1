#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>
#include <set>

#include "compiler/diag/kinds.h"
#include "compiler/diag/render.h"

BOOST_AUTO_TEST_SUITE(compiler_diag)

using namespace syncline;
using diag::Severity;
using source::Span;

namespace {

const std::string kScript = "SYNC s\nFROM shpo TABLES (x.*)\n\tINTO dw;\nSET größe = 'ü' x;\n";

struct Fixture {
  source::SourceSet sources;
  source::SourceId id = sources.add("jobs/a.sync", kScript);

  Span find(const std::string& text) const {
    const auto at = static_cast<std::uint32_t>(kScript.find(text));
    return {id, at, at + static_cast<std::uint32_t>(text.size())};
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(diagnostics, Fixture)

BOOST_AUTO_TEST_CASE(catalogue_is_complete_and_unique) {
  std::set<std::string_view> codes;
  std::set<std::string_view> names;
  for (const diag::CodeInfo& row : diag::catalogue()) {
    BOOST_TEST(codes.insert(row.text).second, row.text);
    BOOST_TEST(names.insert(row.name).second, row.name);
    BOOST_TEST(row.text.size() == 6U, row.text);
    BOOST_TEST(&diag::info(row.code) == &row, row.text);
  }
  BOOST_TEST(diag::find_code("sy0001") == &diag::info(diag::Code::SY0001));
  BOOST_TEST(diag::find_code("SY0000") == nullptr);
}

BOOST_AUTO_TEST_CASE(positions_count_characters) {
  const Span mark = find("x;\n");
  const source::Position at = sources.position(id, mark.begin);
  BOOST_TEST(at.line == 4U);
  BOOST_TEST(at.column == 17U);
  BOOST_TEST(sources.line(id, 2) == "FROM shpo TABLES (x.*)");
  BOOST_TEST(sources.line(id, 9) == "");
  BOOST_TEST(sources.slice(find("shpo")) == "shpo");
  BOOST_TEST((source::join(find("shpo"), Span{}) == find("shpo")));
  BOOST_TEST((source::join(find("shpo"), find("SYNC")) == Span{id, 0, 16}));
}

BOOST_AUTO_TEST_CASE(human_form_shows_causes_and_remedies) {
  const diag::Diagnostic one = diag::UnknownName("connection", "shpo")
                                   .at(find("shpo"), "not defined")
                                   .also(find("dw"), "this one is")
                                   .did_you_mean("shpo", {"shop", "dw"})
                                   .note("2 connections are known");
  const std::string expected =
      "error[SY1001]: no connection named `shpo`\n"
      " --> jobs/a.sync:2:6\n"
      "  |\n"
      "2 | FROM shpo TABLES (x.*)\n"
      "  |      ^^^^ not defined\n"
      "3 |  INTO dw;\n"
      "  |       -- this one is\n"
      "  = note: 2 connections are known\n"
      "  = help: did you mean `shop`?   [fix: replace with `shop`]\n";
  BOOST_TEST(diag::render_human(one, sources, {}) == expected);
}

BOOST_AUTO_TEST_CASE(short_form_is_one_line) {
  const diag::Diagnostic one = diag::UnknownName("connection", "shpo").at(find("shpo"));
  const diag::HumanStyle style{false, true};
  BOOST_TEST(diag::render_human(one, sources, style) == "jobs/a.sync:2:6: error[SY1001]: no connection named `shpo`\n");
  const diag::Diagnostic nowhere = diag::NoScripts("jobs");
  BOOST_TEST(diag::render_human(nowhere, sources, style) == "error[SY1030]: no script to read: jobs\n");
}

BOOST_AUTO_TEST_CASE(colour_only_when_asked) {
  const diag::Diagnostic one = diag::UnknownName("connection", "shpo").at(find("shpo"));
  BOOST_TEST(diag::render_human(one, sources, {}).find('\x1b') == std::string::npos);
  BOOST_TEST(diag::render_human(one, sources, {true, false}).find('\x1b') != std::string::npos);
}

BOOST_AUTO_TEST_CASE(foreign_text_cannot_steer_the_terminal) {
  const diag::Diagnostic one = diag::UnknownName("table", "a\x1b[31m").at(find("shpo"), "\x1b[2J");
  BOOST_TEST(diag::render_human(one, sources, {}).find('\x1b') == std::string::npos);
}

BOOST_AUTO_TEST_CASE(sink_counts_and_sorts) {
  diag::Sink sink;
  sink.emit(diag::UnknownName("connection", "b").at(find("dw")));
  sink.emit(diag::TlsOff("c", "h"));
  sink.emit(diag::UnknownName("connection", "a").at(find("shpo")));
  BOOST_TEST(sink.errors() == 2U);
  BOOST_TEST(sink.warnings() == 1U);
  sink.sort(sources);
  BOOST_TEST((sink.all()[0].code == diag::Code::SY6009));
  BOOST_TEST(sink.all()[1].message == "no connection named `a`");
  BOOST_TEST(diag::render_human(sink, sources, {false, true}).ends_with("2 errors, 1 warning\n"));
  BOOST_TEST(diag::render_human(diag::Sink{}, sources, {}).empty());
}

BOOST_AUTO_TEST_CASE(json_holds_everything) {
  diag::Sink sink;
  sink.emit(diag::UnknownName("connection", "shpo")
                .at(find("shpo"), "here")
                .did_you_mean("shpo", {"shop"})
                .for_table("s", "x.t")
                .for_column("c")
                .for_connection("shpo"));
  const auto json = nlohmann::json::parse(diag::render_json(sink, sources));
  BOOST_TEST(json["version"] == 1);
  BOOST_TEST(json["errors"] == 1);
  const auto& one = json["diagnostics"][0];
  BOOST_TEST(one["code"] == "SY1001");
  BOOST_TEST(one["name"] == "UnknownName");
  BOOST_TEST(one["severity"] == "error");
  BOOST_TEST(one["labels"][0]["file"] == "jobs/a.sync");
  BOOST_TEST(one["labels"][0]["line"] == 2);
  BOOST_TEST(one["labels"][0]["end_column"] == 10);
  BOOST_TEST(one["labels"][0]["primary"] == true);
  BOOST_TEST(one["fixes"][0]["replacement"] == "shop");
  BOOST_TEST(one["table"] == "x.t");
  BOOST_TEST(one["column"] == "c");
  BOOST_TEST(one["connection"] == "shpo");
}

BOOST_AUTO_TEST_CASE(json_survives_invalid_text) {
  diag::Sink sink;
  sink.emit(diag::InvalidText("bad \xC3 byte"));
  BOOST_TEST(nlohmann::json::parse(diag::render_json(sink, sources))["errors"] == 1);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE_END()
