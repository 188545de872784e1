#include <nlohmann/json.hpp>

#include "runtime/observe/observers.h"
#include "runtime/observe/text_parts.h"

namespace syncline::observe {
namespace {

using Json = nlohmann::ordered_json;

constexpr double kProgressSeconds = 1;

Json errors_json(const std::vector<diag::Diagnostic>& errors) {
  Json list = Json::array();
  for (const auto& error : errors) {
    const diag::CodeInfo& info = diag::info(error.code);
    list.push_back({{"code", info.text},
                    {"name", info.name},
                    {"severity", diag::to_string(error.severity)},
                    {"message", error.message},
                    {"notes", error.notes},
                    {"help", error.help},
                    {"sync", error.sync},
                    {"table", error.table},
                    {"column", error.column},
                    {"connection", error.connection}});
  }
  return list;
}

Json table_json(const TableProgress& table) {
  Json out{{"address", table.address},
           {"target", table.target},
           {"state", to_string(table.state)},
           {"rows", table.rows},
           {"bytes", table.bytes},
           {"seconds", table.seconds},
           {"how", table.how},
           {"attempt", table.attempt},
           {"notes", table.notes},
           {"errors", errors_json(table.errors)}};
  out["expected_rows"] = table.expected_rows < 0 ? Json(nullptr) : Json(table.expected_rows);
  return out;
}

class JsonObserver : public RunObserver {
 public:
  JsonObserver(std::ostream& out, Seconds seconds) : out_(out), seconds_(std::move(seconds)), last_(seconds_()) {}

  void run_started(const std::string& run_id, std::size_t tables) override {
    say("run_started", {{"run_id", run_id}, {"tables", tables}});
  }
  void table_changed(const TableProgress& table) override { say("table", table_json(table)); }

  void tick(const std::vector<TableProgress>& running, std::size_t done, std::size_t failed, std::size_t total) override {
    if (seconds_() - last_ < kProgressSeconds) return;
    last_ = seconds_();
    Json tables = Json::array();
    for (const auto& table : running) tables.push_back(table_json(table));
    say("progress", {{"done", done}, {"failed", failed}, {"total", total}, {"running", tables}});
  }

  void note(const std::string& line) override { say("note", {{"text", line}}); }

  void run_finished(const RunSummary& summary) override {
    const Totals sum = totals(summary);
    Json tables = Json::array();
    for (const auto& table : summary.tables) tables.push_back(table_json(table));
    say("run_finished", {{"run_id", summary.run_id},
                         {"seconds", summary.seconds},
                         {"interrupted", summary.interrupted},
                         {"succeeded", sum.done},
                         {"failed", sum.failed},
                         {"skipped", sum.skipped},
                         {"rows", sum.rows},
                         {"bytes", sum.bytes},
                         {"errors", errors_json(summary.run_errors)},
                         {"notes", summary.notes},
                         {"tables", tables}});
  }

 private:
  void say(const char* event, const Json& content) {
    Json line{{"version", 1}, {"event", event}};
    line.update(content);
    out_ << line.dump(-1, ' ', false, Json::error_handler_t::replace) << '\n';
    out_.flush();
  }

  std::ostream& out_;
  Seconds seconds_;
  double last_;
};

}  // namespace

std::unique_ptr<RunObserver> make_json_observer(std::ostream& out, Seconds seconds) {
  return std::make_unique<JsonObserver>(out, std::move(seconds));
}

}  // namespace syncline::observe
