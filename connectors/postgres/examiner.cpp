#include "connectors/postgres/examiner.h"

#include <libpq-fe.h>

#include <nlohmann/json.hpp>

#include "connectors/postgres/dialect.h"
#include "connectors/postgres/reader.h"
#include "connectors/postgres/session.h"
#include "stdlib/types/calendar.h"

namespace syncline::connectors::postgres {
namespace {

using nlohmann::json;

std::string text_of(const json& node, const char* key) {
  return node.value(key, std::string());
}

/// A scan of the table or of one of its partitions that has no condition to begin or end at.
bool looks_at_all(const json& node) {
  const std::string kind = text_of(node, "Node Type");
  if (kind == "Seq Scan") return true;
  return (kind == "Index Scan" || kind == "Index Only Scan") && node.find("Index Cond") == node.end();
}

struct Scanned {
  std::vector<std::string> schemas;
  std::vector<std::string> tables;
};

/// The reader calls its table `source_row`, and partitions of it get a number behind the name. What a sub-query of a native
/// condition does is not looked at.
void collect(const json& node, Scanned& found) {
  const std::string parent = text_of(node, "Parent Relationship");
  if (parent == "SubPlan" || parent == "InitPlan") return;
  if (text_of(node, "Alias").rfind("source_row", 0) == 0 && looks_at_all(node)) {
    found.schemas.push_back(text_of(node, "Schema"));
    found.tables.push_back(text_of(node, "Relation Name"));
  }
  const auto below = node.find("Plans");
  if (below == node.end()) return;
  for (const json& one : *below) collect(one, found);
}

class PostgresExaminer final : public Examiner {
 public:
  explicit PostgresExaminer(const ConnectionSpec& spec) : session_(spec, Role::source, "syncline check") {
    session_.run("SET statement_timeout = '10s'; SET lock_timeout = '5s'");
  }

  void prepare(const ReadRequest& request) override {
    const std::string text = query(request);
    const Result prepared(PQprepare(session_.raw(), "", text.c_str(), 0, nullptr));
    if (PQresultStatus(prepared.raw()) != PGRES_COMMAND_OK) session_.fail(prepared.raw(), text);
  }

  AccessPath plan(const ReadRequest& request) override {
    const Result explained = session_.query("EXPLAIN (VERBOSE, FORMAT JSON) " + query(request), {});
    std::string document;
    for (int row = 0; row < explained.rows(); ++row) document += explained.text(row, 0);
    const json plans = json::parse(document, nullptr, false);
    if (!plans.is_array() || plans.empty() || plans[0].find("Plan") == plans[0].end())
      throw ConnectorError(ErrorKind::protocol, "the server explains a statement in another form than asked for");
    Scanned scanned;
    collect(plans[0]["Plan"], scanned);
    AccessPath path;
    path.whole_table = !scanned.tables.empty();
    if (path.whole_table) path.rows = rows_of(scanned);
    return path;
  }

  std::optional<ServerClock> clock(const std::vector<std::int64_t>& instants) override {
    // What a session has that asks for no zone: ours has asked for UTC.
    std::string question = "SELECT s.reset_val";
    for (const std::int64_t instant : instants) {
      const std::string utc = quote_text(types::format_timestamp(instant, 0));
      question += ", (extract(epoch FROM (" + utc + "::timestamp AT TIME ZONE 'UTC') AT TIME ZONE s.reset_val - " + utc +
                  "::timestamp))::bigint";
    }
    const Result row = session_.run(question + " FROM pg_catalog.pg_settings AS s WHERE s.name = 'TimeZone'");
    if (row.rows() == 0) return std::nullopt;
    ServerClock clock;
    clock.zone = row.text(0, 0);
    for (int i = 1; i < row.columns(); ++i) clock.offsets.push_back(row.number(0, i) * 1000000);
    return clock;
  }

 private:
  static std::string query(const ReadRequest& request) { return CopyReader(nullptr, request, nullptr).query(); }

  std::int64_t rows_of(const Scanned& scanned) {
    const Result sum = session_.query(
        "SELECT sum(greatest(c.reltuples, 0))::bigint FROM unnest($1::text[], $2::text[]) AS s (schema_name, table_name) JOIN "
        "pg_catalog.pg_namespace AS n ON n.nspname = s.schema_name JOIN pg_catalog.pg_class AS c ON c.relnamespace = n.oid AND "
        "c.relname = s.table_name",
        {array_parameter(scanned.schemas), array_parameter(scanned.tables)});
    return sum.null(0, 0) ? -1 : sum.number(0, 0);
  }

  Session session_;
};

}  // namespace

std::unique_ptr<Examiner> make_examiner(const ConnectionSpec& spec) {
  return std::make_unique<PostgresExaminer>(spec);
}

}  // namespace syncline::connectors::postgres
