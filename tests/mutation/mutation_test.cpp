#define BOOST_TEST_MODULE mutation
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <set>
#include <sstream>

#include "compiler/diag/render.h"
#include "compiler/pipeline.h"
#include "stdlib/base/text.h"
#include "tests/mutation/edits.h"
#include "tests/support/engines.h"

/// 2,000 slips of the fingers in the samples: `check` always answers, and what it says first helps. See README.md.
namespace {

using namespace syncline;
using namespace syncline::mutation;
namespace fs = std::filesystem;

constexpr std::size_t kMutations = 2000;
constexpr std::uint32_t kSeed = 20261122;
constexpr std::uint32_t kNear = 2;                  ///< lines
constexpr double kWanted = 0.95;                    ///< of both figures
constexpr double kLongest = 20;                     ///< seconds for one script, with sanitizers
constexpr std::int64_t kNow = 848'620'800'000'000;  ///< 2026-11-22

const fs::path kRoot = SYNCLINE_SOURCE_DIR;

std::string read(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  std::stringstream text;
  text << stream.rdbuf();
  return text.str();
}

std::vector<fs::path> samples() {
  std::vector<fs::path> found;
  for (const auto& entry : fs::recursive_directory_iterator(kRoot / "samples")) {
    if (entry.path().extension() == ".sync") found.push_back(entry.path());
  }
  std::sort(found.begin(), found.end());
  return found;
}

/// `check` of a sample that holds `text`. The numbered ones and the quickstart read one database, of which a lock is there.
compiler::Result checked(const fs::path& sample, const std::string& text) {
  compiler::Options options;
  options.paths = {sample.string()};
  options.project_folder = kRoot.string();
  options.texts[fs::weakly_canonical(sample).string()] = text;
  options.started_at = kNow;
  const bool locked = sample.parent_path().filename() == "samples" || sample.parent_path().filename() == "quickstart";
  if (locked) options.lock_folder = (kRoot / "tests/mutation/catalog").string();
  compiler::Result result;
  compiler::check(options, test::engines(), result);
  return result;
}

using Said = std::pair<diag::Code, std::string>;

std::multiset<Said> said(const compiler::Result& result) {
  std::multiset<Said> all;
  for (const diag::Diagnostic& finding : result.sink.all()) all.emplace(finding.code, finding.message);
  return all;
}

/// What was said because of the edit, in the order in which it is printed.
std::vector<const diag::Diagnostic*> news(const compiler::Result& result, std::multiset<Said> known) {
  std::vector<const diag::Diagnostic*> fresh;
  for (const diag::Diagnostic& finding : result.sink.all()) {
    const auto old = known.find({finding.code, finding.message});
    if (old == known.end()) {
      fresh.push_back(&finding);
    } else {
      known.erase(old);
    }
  }
  return fresh;
}

/// Lines between the place that a finding shows and the nearest place of the edit; nothing: the finding is elsewhere.
std::optional<std::uint32_t> distance(const compiler::Result& result, const diag::Diagnostic& finding, const Edited& edit,
                                      const std::string& file) {
  if (finding.labels.empty() || !finding.labels.front().primary) return std::nullopt;
  const source::Span shown = finding.labels.front().span;
  if (shown.source == 0 || result.sources.name(shown.source) != file) return std::nullopt;
  const auto line = [&](std::size_t at) {
    const std::size_t end = result.sources.text(shown.source).size();
    return result.sources.position(shown.source, static_cast<std::uint32_t>(std::min(at, end))).line;
  };
  std::uint32_t nearest = UINT32_MAX;
  for (const auto& [begin, end] : edit.places) {
    const std::uint32_t at = line(shown.begin);
    const std::uint32_t first = line(begin);
    const std::uint32_t last = line(end);
    nearest = std::min(nearest, at < first ? first - at : at > last ? at - last : 0);
  }
  return nearest;
}

bool in_word(char letter) {
  return std::isalnum(static_cast<unsigned char>(letter)) != 0 || letter == '_';
}

/// "did you mean `source.table`?" names `table`.
bool names(std::string_view help, std::string_view word) {
  const std::size_t question = help.find("did you mean `");
  if (question == std::string_view::npos) return false;
  const std::size_t begin = help.find('`', question) + 1;
  const std::string meant = text::ascii_lower(help.substr(begin, help.find('`', begin) - begin));
  const std::string wanted = text::ascii_lower(word);
  for (std::size_t at = meant.find(wanted); at != std::string::npos; at = meant.find(wanted, at + 1)) {
    const std::size_t end = at + wanted.size();
    if ((at == 0 || !in_word(meant[at - 1])) && (end == meant.size() || !in_word(meant[end]))) return true;
  }
  return false;
}

bool suggests(const diag::Diagnostic& finding, std::string_view word) {
  return std::any_of(finding.help.begin(), finding.help.end(), [&](const std::string& help) { return names(help, word); });
}

struct Figures {
  std::size_t right = 0;       ///< no error came of the edit
  std::size_t wrong = 0;       ///< some did
  std::size_t near = 0;        ///< of `wrong`: the first finding is within two lines
  std::size_t misspelt = 0;    ///< of `wrong`: a word was misspelt
  std::size_t understood = 0;  ///< of `misspelt`: the first finding names the word that was meant
  std::size_t at_use = 0;      ///< of `understood`: it asks at a use of the name, whose declaration was misspelt
  double longest = 0;          ///< seconds
};

/// Each case with what was said, for those who mend messages.
class Record {
 public:
  Record() {
    if (const char* file = std::getenv("SYNCLINE_MUTATION_RECORD")) stream_.open(file);
  }
  void add(std::size_t number, const Edited& edit, const std::string& file, const compiler::Result& result,
           const std::string& verdict) {
    if (!stream_.is_open()) return;
    const std::size_t begin = edit.places.front().first;
    const auto line = std::count(edit.text.begin(), edit.text.begin() + static_cast<std::ptrdiff_t>(begin), '\n') + 1;
    stream_ << "=== " << number << ' ' << verdict << ": " << to_string(edit.kind) << " in " << file << ':' << line;
    if (!edit.word.empty()) stream_ << " (" << edit.word << " → " << edit.written << ')';
    stream_ << '\n' << diag::render_human(result.sink, result.sources, {}) << '\n';
  }

 private:
  std::ofstream stream_;
};

/// At a use of the name that was meant, the one that is declared is named: the declaration is what was misspelt.
bool understood_at_use(const compiler::Result& result, const diag::Diagnostic& first, const Edited& edit) {
  const bool shown = !first.labels.empty() && first.labels.front().primary && first.labels.front().span.source != 0;
  if (!shown || !suggests(first, edit.written)) return false;
  const source::Span span = first.labels.front().span;
  const bool elsewhere = span.end <= edit.places.front().first || span.begin >= edit.places.front().second;
  return elsewhere && text::ascii_lower(result.sources.slice(span)).find(text::ascii_lower(edit.word)) != std::string::npos;
}

void judge(std::size_t number, const fs::path& sample, const Edited& edit, const std::multiset<Said>& known, Figures& sum,
           Record& record) {
  const auto begin = std::chrono::steady_clock::now();
  const compiler::Result result = checked(sample, edit.text);
  sum.longest = std::max(sum.longest, std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
  const std::string file = fs::relative(sample, kRoot).string();
  const auto fresh = news(result, known);
  const bool wrong =
      std::any_of(fresh.begin(), fresh.end(), [](const auto* one) { return one->severity == diag::Severity::error; });
  if (!wrong) {
    ++sum.right;
    return record.add(number, edit, file, result, "right");
  }
  ++sum.wrong;
  const auto lines = distance(result, *fresh.front(), edit, file);
  const bool near = lines && *lines <= kNear;
  sum.near += near ? 1 : 0;
  std::string verdict = near ? "near" : "FAR";
  if (edit.kind == Kind::misspelt) {
    ++sum.misspelt;
    const bool at_use = !suggests(*fresh.front(), edit.word) && understood_at_use(result, *fresh.front(), edit);
    const bool meant = at_use || suggests(*fresh.front(), edit.word);
    sum.understood += meant ? 1 : 0;
    sum.at_use += at_use ? 1 : 0;
    verdict += meant ? ", understood" : ", NOT UNDERSTOOD";
  }
  record.add(number, edit, file, result, verdict);
}

double share(std::size_t part, std::size_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

}  // namespace

BOOST_AUTO_TEST_CASE(slips_of_the_fingers_are_answered_well) {
  const std::vector<fs::path> files = samples();
  BOOST_TEST_REQUIRE(files.size() >= 25U);
  std::map<fs::path, std::multiset<Said>> known;
  for (const fs::path& file : files) {
    const compiler::Result result = checked(file, read(file));
    BOOST_TEST_REQUIRE(!result.sink.has_errors(), file << "\n" << diag::render_human(result.sink, result.sources, {}));
    known[file] = said(result);
  }
  std::mt19937 chance(kSeed);
  Figures sum;
  Record record;
  for (std::size_t number = 0; number < kMutations;) {
    const fs::path& file = files[chance() % files.size()];
    const Edited edit = edited(read(file), kKinds[number % std::size(kKinds)], chance);
    if (edit.text.empty()) continue;  // no quotes, or no clauses
    judge(number++, file, edit, known.at(file), sum, record);
  }
  const double near = share(sum.near, sum.wrong);
  const double meant = share(sum.understood, sum.misspelt);
  std::cout << kMutations << " mutations of " << files.size() << " samples: " << sum.wrong << " wrong, " << sum.right
            << " still right\n"
            << "first finding within " << kNear << " lines of the edit: " << sum.near << " of " << sum.wrong << " (" << 100 * near
            << " %)\n"
            << "misspelt words understood: " << sum.understood << " of " << sum.misspelt << " (" << 100 * meant << " %), "
            << sum.at_use << " of them at a use of a name whose declaration was misspelt\n"
            << "longest answer: " << sum.longest << " s" << std::endl;
  BOOST_TEST(near >= kWanted);
  BOOST_TEST(meant >= kWanted);
  BOOST_TEST(sum.longest < kLongest);
}
