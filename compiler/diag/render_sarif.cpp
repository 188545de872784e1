#include <map>
#include <nlohmann/json.hpp>

#include "compiler/diag/render_parts.h"
#include "stdlib/base/text.h"

namespace syncline::diag {

namespace {

using Ordered = nlohmann::ordered_json;

constexpr std::string_view kSchema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// A plain text message of the standard: `{` and `}` are doubled because `{0}` is a placeholder (3.11.5), and no `[text](target)`
/// of a foreign name becomes a link (3.11.6).
std::string sarif_text(std::string_view message) {
  std::string made;
  std::size_t backslashes = 0;
  for (std::size_t at = 0; at < message.size(); ++at) {
    const char c = message[at];
    if (c == ']' && message.substr(at + 1, 1) == "(" && backslashes % 2 == 0) made += '\\';
    if (c == '{' || c == '}') made += c;
    made += c;
    backslashes = c == '\\' ? backslashes + 1 : 0;
  }
  return made;
}

const char* sarif_level(Severity severity) {
  return severity == Severity::info ? "note" : to_string(severity);
}

/// The paragraphs below a heading of a teaching text, each on one line.
std::string section(std::string_view page, std::string_view heading) {
  std::string made;
  bool inside = false, new_paragraph = false;
  while (!page.empty()) {
    const std::string_view line = page.substr(0, page.find('\n'));
    page.remove_prefix(std::min(page.size(), line.size() + 1));
    if (line.rfind("## ", 0) == 0) {
      inside = line == heading;
    } else if (inside && line.empty()) {
      new_paragraph = !made.empty();
    } else if (inside) {
      if (!made.empty()) made += new_paragraph ? "\n\n" : " ";
      made += line;
      new_paragraph = false;
    }
  }
  return made;
}

std::string first_sentence(const std::string& text) {
  const std::size_t end = std::min(text.find(". "), text.find(".\n"));
  return end == std::string::npos ? text : text.substr(0, end + 1);
}

/// A rule or a kind of notification: what `syncline explain` teaches. These texts are ours and hold no placeholder, so they stay
/// as they are: services show their Markdown unchanged.
Ordered descriptor(Code code) {
  const CodeInfo& row = info(code);
  const std::string_view page = explanation(code);
  std::string meaning = section(page, "## What it means");
  if (meaning.empty()) meaning = row.name;
  std::string cure = section(page, "## How to mend it");
  if (cure.empty()) cure = fmt::format("syncline explain {}", row.text);
  return Ordered{{"id", row.text},
                 {"name", row.name},
                 {"shortDescription", {{"text", first_sentence(meaning)}}},
                 {"fullDescription", {{"text", meaning}}},
                 {"help", {{"text", cure}, {"markdown", page.empty() ? std::string_view(cure) : page}}},
                 {"defaultConfiguration", {{"level", sarif_level(row.severity)}}}};
}

/// The descriptors of codes in the order in which they are first asked for.
class Descriptors {
 public:
  std::size_t index(Code code) {
    const auto [found, fresh] = indices_.emplace(code, all_.size());
    if (fresh) all_.push_back(descriptor(code));
    return found->second;
  }
  [[nodiscard]] const Ordered& all() const { return all_; }

 private:
  std::map<Code, std::size_t> indices_;
  Ordered all_ = Ordered::array();
};

class SarifRun {
 public:
  explicit SarifRun(const Report& report) : report_(report) {}

  Ordered run() {
    const std::vector<std::string> fingerprints = parts::fingerprints(report_);
    for (std::size_t at = 0; at < fingerprints.size(); ++at) {
      const Diagnostic& one = report_.sink.all()[at];
      if (const Label* label = parts::place(one, report_.sources)) {
        results_.push_back(result(one, *label, fingerprints[at]));
      } else {
        notify(one);
      }
    }
    Ordered driver{{"name", "syncline"}, {"rules", rules_.all()}};
    if (!report_.version.empty()) driver["version"] = report_.version;
    if (!notifications_.empty()) driver["notifications"] = kinds_.all();
    Ordered invocation{{"executionSuccessful", successful_}};
    if (!notifications_.empty()) invocation["toolConfigurationNotifications"] = notifications_;
    return Ordered{{"tool", {{"driver", driver}}},
                   {"invocations", Ordered::array({invocation})},
                   {"columnKind", "unicodeCodePoints"},
                   {"results", results_}};
  }

 private:
  Ordered artifact(source::SourceId source) const {
    const std::string path = parts::path(source, report_);
    Ordered made{{"uri", parts::uri(path)}};
    if (path.rfind('/', 0) != 0) made["uriBaseId"] = "%SRCROOT%";
    return made;
  }

  Ordered region(const source::Span& span) const {
    const parts::Region region = parts::region(span, report_.sources);
    return Ordered{{"startLine", region.begin.line},
                   {"startColumn", region.begin.column},
                   {"endLine", region.end.line},
                   {"endColumn", region.end.column}};
  }

  Ordered location(const Label& label) const {
    Ordered made{{"physicalLocation", {{"artifactLocation", artifact(label.span.source)}, {"region", region(label.span)}}}};
    const std::string text = sarif_text(parts::one_line(label.text));
    if (!text.empty()) made["message"] = {{"text", text}};
    return made;
  }

  Ordered related(const Diagnostic& one, const Label& main) const {
    Ordered made = Ordered::array();
    for (const Label& label : one.labels) {
      if (&label == &main || !parts::is_file(label.span.source, report_.sources)) continue;
      Ordered place{{"id", made.size() + 1}};
      place.update(location(label));
      made.push_back(std::move(place));
    }
    return made;
  }

  /// Each fix of a finding is an alternative; one whose text is no UTF-8 cannot be written exactly and is left out.
  Ordered fixes(const Diagnostic& one) const {
    Ordered made = Ordered::array();
    for (const Fix& fix : one.fixes) {
      if (!parts::is_file(fix.span.source, report_.sources) || !text::valid_utf8(fix.replacement)) continue;
      const Ordered replacement{{"deletedRegion", region(fix.span)}, {"insertedContent", {{"text", fix.replacement}}}};
      const Ordered change{{"artifactLocation", artifact(fix.span.source)}, {"replacements", Ordered::array({replacement})}};
      made.push_back(Ordered{{"description", {{"text", sarif_text(parts::one_line(fix.title))}}},
                             {"artifactChanges", Ordered::array({change})},
                             {"properties", {{"automatic", fix.automatic}}}});
    }
    return made;
  }

  Ordered result(const Diagnostic& one, const Label& main, const std::string& fingerprint) {
    Ordered made{{"ruleId", info(one.code).text},
                 {"ruleIndex", rules_.index(one.code)},
                 {"level", sarif_level(one.severity)},
                 {"message", {{"text", sarif_text(parts::whole_message(one, "\n"))}}},
                 {"locations", Ordered::array({location(main)})}};
    if (Ordered others = related(one, main); !others.empty()) made["relatedLocations"] = std::move(others);
    if (Ordered offered = fixes(one); !offered.empty()) made["fixes"] = std::move(offered);
    made["partialFingerprints"] = {{"finding/v1", fingerprint}};
    made["suppressions"] = Ordered::array();
    return made;
  }

  void notify(const Diagnostic& one) {
    successful_ = successful_ && one.severity != Severity::error;
    notifications_.push_back(Ordered{{"descriptor", {{"id", info(one.code).text}, {"index", kinds_.index(one.code)}}},
                                     {"level", sarif_level(one.severity)},
                                     {"message", {{"text", sarif_text(parts::whole_message(one, "\n"))}}}});
  }

  const Report& report_;
  Descriptors rules_, kinds_;
  Ordered results_ = Ordered::array();
  Ordered notifications_ = Ordered::array();
  bool successful_ = true;
};

}  // namespace

std::string render_sarif(const Report& report) {
  const Ordered log{{"$schema", kSchema}, {"version", "2.1.0"}, {"runs", Ordered::array({SarifRun(report).run()})}};
  return log.dump(2, ' ', false, Ordered::error_handler_t::replace) + "\n";
}

}  // namespace syncline::diag
