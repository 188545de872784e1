#include <nlohmann/json.hpp>

#include "compiler/diag/render.h"
#include "stdlib/base/text.h"

namespace syncline::diag {

namespace {

using nlohmann::json;

json range(const source::Span& span, const source::SourceSet& sources) {
  if (span.source == 0) return json::object();
  const source::Position begin = sources.position(span.source, span.begin);
  const source::Position end = sources.position(span.source, span.end);
  return json{{"file", sources.name(span.source)},
              {"line", begin.line},
              {"column", begin.column},
              {"end_line", end.line},
              {"end_column", end.column}};
}

json label_json(const Label& label, const source::SourceSet& sources) {
  json made = range(label.span, sources);
  made["text"] = label.text;
  made["primary"] = label.primary;
  return made;
}

json fix_json(const Fix& fix, const source::SourceSet& sources) {
  json made = range(fix.span, sources);
  made["replacement"] = fix.replacement;
  made["title"] = fix.title;
  made["automatic"] = fix.automatic;
  return made;
}

json diagnostic_json(const Diagnostic& one, const source::SourceSet& sources) {
  json made{{"code", info(one.code).text},
            {"name", info(one.code).name},
            {"severity", to_string(one.severity)},
            {"message", one.message},
            {"labels", json::array()},
            {"notes", one.notes},
            {"help", one.help},
            {"fixes", json::array()},
            {"sync", one.sync},
            {"table", one.table},
            {"column", one.column},
            {"connection", one.connection}};
  for (const Label& label : one.labels) made["labels"].push_back(label_json(label, sources));
  for (const Fix& fix : one.fixes) made["fixes"].push_back(fix_json(fix, sources));
  return made;
}

}  // namespace

std::string render_json(const Sink& sink, const source::SourceSet& sources) {
  json all{{"version", 1},
           {"diagnostics", json::array()},
           {"errors", sink.errors()},
           {"warnings", sink.warnings()},
           {"suppressed", sink.suppressed()}};
  for (const Diagnostic& one : sink.all()) all["diagnostics"].push_back(diagnostic_json(one, sources));
  return all.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

}  // namespace syncline::diag
