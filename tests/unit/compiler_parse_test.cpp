#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>

#include "compiler/ast/format.h"
#include "compiler/diag/kinds.h"
#include "compiler/diag/render.h"
#include "compiler/parse/parse.h"
#include "tests/support/sorted_script.h"

BOOST_AUTO_TEST_SUITE(compiler_parse)

using namespace syncline;
using test::sorted_text;
namespace fs = std::filesystem;

namespace {

struct Parsed {
  source::SourceSet sources;
  diag::Sink sink;
  ast::Script script;
};

Parsed parsed(const std::string& text, const std::string& name = "test.sync") {
  Parsed made;
  const source::SourceId id = made.sources.add(name, text);
  made.script = parse::parse(made.sources, id, made.sink);
  return made;
}

std::string shown(const Parsed& one) {
  return diag::render_human(one.sink, one.sources, {});
}

std::string read(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  std::stringstream text;
  text << stream.rdbuf();
  return text.str();
}

fs::path root() {
  return SYNCLINE_SOURCE_DIR;
}

std::vector<fs::path> scripts(const fs::path& folder) {
  std::vector<fs::path> found;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.path().extension() == ".sync") found.push_back(entry.path());
  }
  std::sort(found.begin(), found.end());
  return found;
}

/// Compares with the file beside the script; UPDATE_GOLDEN=1 writes it instead.
void expect_golden(const fs::path& script, const char* extension, const std::string& got) {
  fs::path golden = script;
  golden.replace_extension(extension);
  if (std::getenv("UPDATE_GOLDEN") != nullptr) std::ofstream(golden, std::ios::binary) << got;
  BOOST_TEST(read(golden) == got, golden << " differs; got:\n" << got);
}

std::string comments_of(const Parsed& one) {
  std::vector<std::string> texts;
  for (const ast::Comment& comment : one.script.comments) {
    std::string text(one.sources.slice(comment.span));
    text.erase(text.find_last_not_of(" \t\r") + 1);
    texts.push_back(text);
  }
  std::sort(texts.begin(), texts.end());
  std::string all;
  for (const std::string& text : texts) all += text + "\n";
  return all;
}

/// fmt keeps meaning and comments and is stable.
std::string checked_format(const fs::path& file) {
  const Parsed before = parsed(read(file));
  BOOST_TEST_REQUIRE(!before.sink.has_errors(), file << "\n" << shown(before));
  const std::string once = ast::format(before.script, before.sources);
  const Parsed after = parsed(once);
  BOOST_TEST_REQUIRE(!after.sink.has_errors(), file << "\n" << once << shown(after));
  BOOST_TEST(sorted_text(before.script) == sorted_text(after.script), file);
  BOOST_TEST(comments_of(before) == comments_of(after), file);
  BOOST_TEST(ast::format(after.script, after.sources) == once, file << " is not stable");
  return once;
}

const diag::Diagnostic& only(const Parsed& one) {
  BOOST_TEST_REQUIRE(one.sink.all().size() == 1U, shown(one));
  return one.sink.all().front();
}

/// Applies the automatic fixes, last one first.
std::string mended(const Parsed& one) {
  std::string text(one.sources.text(one.script.source));
  std::vector<diag::Fix> fixes;
  for (const diag::Diagnostic& each : one.sink.all()) {
    for (const diag::Fix& fix : each.fixes) {
      if (fix.automatic) fixes.push_back(fix);
    }
  }
  std::sort(fixes.begin(), fixes.end(), [](const auto& a, const auto& b) { return a.span.begin > b.span.begin; });
  for (const diag::Fix& fix : fixes) text.replace(fix.span.begin, fix.span.end - fix.span.begin, fix.replacement);
  return text;
}

}  // namespace

BOOST_AUTO_TEST_CASE(goldens_of_trees) {
  for (const fs::path& file : scripts(root() / "tests/golden/parse")) {
    const Parsed one = parsed(read(file));
    BOOST_TEST(!one.sink.has_errors(), file << "\n" << shown(one));
    expect_golden(file, ".text", ast::to_text(one.script));
  }
}

BOOST_AUTO_TEST_CASE(goldens_of_fmt) {
  for (const fs::path& file : scripts(root() / "tests/golden/fmt")) expect_golden(file, ".fmt", checked_format(file));
}

BOOST_AUTO_TEST_CASE(goldens_of_syntax_errors) {
  for (const fs::path& file : scripts(root() / "tests/golden/syntax")) {
    const Parsed one = parsed(read(file), file.filename().string());
    BOOST_TEST(one.sink.has_errors(), file);
    expect_golden(file, ".txt", shown(one));
  }
}

BOOST_AUTO_TEST_CASE(trees_survive_fmt) {
  for (const fs::path& file : scripts(root() / "tests/golden/parse")) checked_format(file);
}

BOOST_AUTO_TEST_CASE(language_samples_are_canonical) {
  const auto files = scripts(root() / "samples/language");
  BOOST_TEST(files.size() >= 7U);
  for (const fs::path& file : files) BOOST_TEST(checked_format(file) == read(file), file << " is not in canonical form");
}

BOOST_AUTO_TEST_CASE(automatic_fixes_mend) {
  for (const char* name : {"double_comma", "misspelt_statement", "misspelt_clause", "missing_semicolon",
                           "missing_semicolon_before_schedule", "missing_semicolon_at_end", "digit_name", "unit_without_space"}) {
    const Parsed broken = parsed(read(root() / "tests/golden/syntax" / (std::string(name) + ".sync")));
    const Parsed fixed = parsed(mended(broken));
    BOOST_TEST(!fixed.sink.has_errors(), name << "\n" << shown(fixed));
  }
}

BOOST_AUTO_TEST_CASE(other_statements_survive_a_broken_one) {
  const Parsed one = parsed("SET a = 1;\nSYNC s FROM;\nSET b = 2;\nCONNECTION c TYPE (x = 1);\nSET d = 3;\n");
  BOOST_TEST(one.sink.errors() == 2U, shown(one));
  BOOST_TEST(ast::to_text(one.script) == "SET a = 1\nSET b = 2\nSET d = 3\n");
}

BOOST_AUTO_TEST_CASE(spans_count_bytes) {
  const Parsed one = parsed("SET größe = 'ü';\nSET b = 数;\n");
  BOOST_TEST_REQUIRE(one.script.statements.size() == 2U, shown(one));
  const auto& set = std::get<ast::SetStatement>(one.script.statements[1].body);
  BOOST_TEST(one.sources.slice(set.value.span) == "数");
  BOOST_TEST(one.sources.slice(one.script.statements[0].span) == "SET größe = 'ü';");
  BOOST_TEST(one.sources.slice(one.script.statements[0].keyword) == "SET");
}

BOOST_AUTO_TEST_CASE(names_are_letters_of_any_script) {
  for (const char* name : {"größe", "数据", "каталог", "ａｂ", "x٣", "नमस्ते", "ⅳ", "ª", "_é"}) {
    const Parsed one = parsed(std::string("SET ") + name + " = 1;\n");
    BOOST_TEST(ast::to_text(one.script) == std::string("SET ") + name + " = 1\n", shown(one));
  }
  for (const char* none : {"→", "，", "٣x", "😀", "€", "\u0301a", "½"}) {
    const Parsed one = parsed(std::string("SET ") + none + " = 1;\n");
    BOOST_TEST(one.sink.errors() == 1U, none << shown(one));
  }
}

BOOST_AUTO_TEST_CASE(missing_semicolon_points_to_the_end_of_its_statement) {
  const std::string text = "SET a = 1\nSET b = 2;\n";
  const Parsed one = parsed(text);
  const diag::Diagnostic& found = only(one);
  BOOST_TEST(found.labels[0].span.begin == text.find('\n'));
  BOOST_TEST(one.script.statements.size() == 1U);
}

BOOST_AUTO_TEST_CASE(refuses_what_is_no_text) {
  BOOST_TEST((only(parsed(std::string("SET a = 1;\0", 11))).code == diag::Code::SY0009));
  const Parsed broken = parsed("SET a = '\xC3\x28';\n");
  BOOST_TEST((only(broken).code == diag::Code::SY0009));
  BOOST_TEST(only(broken).labels[0].span.begin == 9U);
  BOOST_TEST((only(parsed("SET a = 1;\xFF")).labels[0].span.begin == 10U));
}

BOOST_AUTO_TEST_CASE(depth_is_limited) {
  const auto nested = [](std::size_t depth) {
    return "PARAM p INT DEFAULT " + std::string(depth, '(') + "1" + std::string(depth, ')') + ";";
  };
  BOOST_TEST(!parsed(nested(64)).sink.has_errors());
  BOOST_TEST((only(parsed(nested(65))).code == diag::Code::SY0008));
  BOOST_TEST((only(parsed(nested(200000))).code == diag::Code::SY0008));
  std::string chain = "PARAM p INT DEFAULT 1";
  for (int at = 0; at < 100000; ++at) chain += " + 1";
  BOOST_TEST((only(parsed(chain + ";")).code == diag::Code::SY0008));
  std::string nots = "PARAM p BOOL DEFAULT ";
  for (int at = 0; at < 5000; ++at) nots += "NOT ";
  BOOST_TEST((only(parsed(nots + "TRUE;")).code == diag::Code::SY0008));
  std::string long_chain = "PARAM p INT DEFAULT 1";
  for (int at = 0; at < 240; ++at) long_chain += " + 1";
  const Parsed fits = parsed(long_chain + ";");
  BOOST_TEST(!fits.sink.has_errors());
  BOOST_TEST(!ast::format(fits.script, fits.sources).empty());
}

BOOST_AUTO_TEST_CASE(every_prefix_of_a_script_ends_without_harm) {
  const std::string text = read(root() / "samples/language/5_masking.sync");
  for (std::size_t length = 0; length < text.size(); length += 7) {
    const Parsed one = parsed(text.substr(0, length));
    BOOST_TEST(!shown(one).empty() == !one.sink.all().empty());
  }
}

BOOST_AUTO_TEST_CASE(damaged_scripts_end_without_harm) {
  std::string text = read(root() / "samples/language/2_policies.sync") + read(root() / "samples/language/6_project_scale.sync");
  std::mt19937 random(7);
  const std::string letters = "()[],;.'\"$~`:-*/ \n0aZ\xC3=<>|%{}";
  for (int round = 0; round < 150; ++round) {
    std::string damaged = text;
    for (int hit = 0; hit < 4; ++hit) damaged[random() % damaged.size()] = letters[random() % letters.size()];
    if (round % 3 == 0) damaged.erase(random() % damaged.size(), random() % 200);
    const Parsed one = parsed(damaged);
    if (!one.sink.has_errors()) BOOST_TEST(!ast::format(one.script, one.sources).empty());
  }
}

BOOST_AUTO_TEST_CASE(many_overrides_parse) {
  std::string text;
  for (int at = 0; at < 500; ++at)
    text += "OVERRIDE s FOR TABLE d.t" + std::to_string(at) + " KEY (id) LOAD FULL WRITE UPSERT;\n";
  BOOST_TEST(parsed(text).script.statements.size() == 500U);
}

BOOST_AUTO_TEST_SUITE_END()
