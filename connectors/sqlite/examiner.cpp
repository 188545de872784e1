#include "connectors/sqlite/examiner.h"

#include <algorithm>

#include "connectors/sqlite/reader.h"
#include "connectors/sqlite/session.h"

namespace syncline::connectors::sqlite {
namespace {

/// Whether conditions compare a column by a function instead of its stored value.
bool compares_by_meaning(const expr::ExprPtr& node) {
  if (!node) return false;
  if (node->op == expr::Op::column) {
    using types::TypeKind;
    const TypeKind kind = node->column_type.kind;
    return kind == TypeKind::date || kind == TypeKind::timestamp || kind == TypeKind::timestamp_local ||
           kind == TypeKind::decimal;
  }
  return std::any_of(node->args.begin(), node->args.end(), compares_by_meaning);
}

/// "SCAN orders", "SCAN orders USING COVERING INDEX …"; before 3.36 "SCAN TABLE orders".
bool scans(const std::string& detail, const std::string& table) {
  for (const std::string& words : {"SCAN " + table, "SCAN TABLE " + table}) {
    if (detail == words || detail.rfind(words + " ", 0) == 0) return true;
  }
  return false;
}

class SqliteExaminer final : public Examiner {
 public:
  explicit SqliteExaminer(const ConnectionSpec& spec) : database_(spec, spec.allow_writes ? Access::catalogue : Access::source) {}

  void prepare(const ReadRequest& request) override { static_cast<void>(first_statement(database_, request)); }

  AccessPath plan(const ReadRequest& request) override {
    Statement step = database_.prepare("EXPLAIN QUERY PLAN " + first_statement(database_, request));
    AccessPath path;
    while (step.step()) path.whole_table |= scans(step.text(3), request.table.table);
    if (path.whole_table && compares_by_meaning(request.filter.portable))
      path.remedy =
          "SQLite keeps dates, times and decimals in several forms, so conditions compare what they mean and no index serves: "
          "a condition in NATIVE text on the stored form can use one, and so can a key of whole numbers";
    return path;
  }

  std::optional<ServerClock> clock(const std::vector<std::int64_t>& /*instants*/) override { return std::nullopt; }

 private:
  Database database_;
};

}  // namespace

std::unique_ptr<Examiner> make_examiner(const ConnectionSpec& spec) {
  return std::make_unique<SqliteExaminer>(spec);
}

}  // namespace syncline::connectors::sqlite
