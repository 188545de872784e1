#include "connectors/mysql/examiner.h"

#include <algorithm>
#include <charconv>

#include "connectors/mysql/bound_query.h"
#include "connectors/mysql/client.h"
#include "connectors/mysql/dialect.h"
#include "connectors/mysql/reader.h"
#include "stdlib/base/text.h"
#include "stdlib/types/calendar.h"

namespace syncline::connectors::mysql {
namespace {

/// One table of an EXPLAIN, by the names of its columns: their number differs between servers.
class Explained {
 public:
  Explained(const BoundRows& all, const Row& row) : all_(all), row_(row) {}
  [[nodiscard]] std::string cell(std::string_view name) const {
    for (std::size_t i = 0; i < all_.names.size() && i < row_.size(); ++i) {
      if (text::ascii_iequals(all_.names[i], name)) return row_[i].value_or("");
    }
    return {};
  }
  /// Of the statement itself; tables of its sub-queries have another kind, or another name.
  [[nodiscard]] bool reads(const std::string& table) const {
    const std::string kind = cell("select_type");
    return (kind == "SIMPLE" || kind == "PRIMARY") && text::ascii_iequals(cell("table"), table);
  }
  /// Every row, or every entry of an index.
  [[nodiscard]] bool scans() const { return cell("type") == "ALL" || cell("type") == "index"; }
  [[nodiscard]] std::int64_t rows() const {
    const std::string digits = cell("rows");
    std::int64_t number = -1;
    std::from_chars(digits.data(), digits.data() + digits.size(), number);
    return number;
  }

 private:
  const BoundRows& all_;
  const Row& row_;
};

class MysqlExaminer final : public Examiner {
 public:
  explicit MysqlExaminer(const ConnectionSpec& spec) : connection_(spec, Role::catalogue) {
    connection_.execute("SET SESSION lock_wait_timeout = 5");
    connection_.execute(connection_.mariadb() ? "SET SESSION max_statement_time = 10" : "SET SESSION max_execution_time = 10000");
  }

  void prepare(const ReadRequest& request) override { prepare_only(connection_, first_statement(connection_, request).text); }

  AccessPath plan(const ReadRequest& request) override {
    const SqlText statement = first_statement(connection_, request);
    const BoundRows explained = query_with(connection_, "EXPLAIN " + statement.text, statement.binds);
    AccessPath path;
    for (const Row& row : explained.rows) {
      const Explained table(explained, row);
      if (!table.reads(request.table.table) || !table.scans()) continue;
      path.whole_table = true;
      // Of a page the estimate says how many rows the page has, not how many are looked at for it.
      path.rows = request.page_size > 0 ? -1 : table.rows();
    }
    return path;
  }

  std::optional<ServerClock> clock(const std::vector<std::int64_t>& instants) override {
    std::string question = "SELECT @@global.time_zone, @@system_time_zone";
    for (const std::int64_t instant : instants) {
      const std::string utc = quote_text(types::format_timestamp(instant, 0));
      question += ", TIMESTAMPDIFF(SECOND, " + utc + ", CONVERT_TZ(" + utc + ", '+00:00', @@global.time_zone))";
    }
    const Rows rows = connection_.query(question);
    if (rows.empty()) return std::nullopt;
    ServerClock clock;
    clock.zone = rows[0][0].value_or("");
    if (clock.zone == "SYSTEM") clock.zone += " (" + rows[0][1].value_or("") + ")";
    for (std::size_t i = 2; i < rows[0].size(); ++i) {
      if (!rows[0][i]) return std::nullopt;
      clock.offsets.push_back(std::stoll(*rows[0][i]) * 1000000);
    }
    return clock;
  }

 private:
  Connection connection_;
};

}  // namespace

std::unique_ptr<Examiner> make_examiner(const ConnectionSpec& spec) {
  return std::make_unique<MysqlExaminer>(spec);
}

}  // namespace syncline::connectors::mysql
