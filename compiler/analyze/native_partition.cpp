#include "compiler/analyze/native_partition.h"

#include <charconv>
#include <map>

#include "compiler/analyze/setting_values.h"
#include "connectors/api/native_text.h"
#include "stdlib/base/text.h"

namespace syncline::analyze {
namespace {

using Partitions = types::NativePartitions;

struct Width {
  Partitions::Unit unit;
  std::int64_t times;
};

std::optional<Width> width_named(const std::string& unit) {
  using Unit = Partitions::Unit;
  static const std::map<std::string, Width> kWidths{
      {"HOUR", {Unit::hours, 1}},     {"DAY", {Unit::days, 1}},     {"WEEK", {Unit::days, 7}},   {"MONTH", {Unit::months, 1}},
      {"QUARTER", {Unit::months, 3}}, {"YEAR", {Unit::months, 12}}, {"VALUE", {Unit::values, 1}}};
  std::string name = text::upper(unit);
  if (name.size() > 1 && name.back() == 'S') name.pop_back();
  const auto found = kWidths.find(name);
  return found == kWidths.end() ? std::nullopt : std::optional(found->second);
}

bool set_every(const ast::Quantity& written, Partitions& made) {
  constexpr std::int64_t kMost = 1'000'000'000'000;
  std::int64_t number = 0;
  const char* end = written.number.data() + written.number.size();
  const auto read = std::from_chars(written.number.data(), end, number);
  const auto width = width_named(written.unit);
  if (!width || !written.per.empty() || read.ec != std::errc() || read.ptr != end || number < 1 || number > kMost) return false;
  made.unit = width->unit;
  made.every = number * width->times;
  return true;
}

/// `HASH (id)` and `PARTITION BY HASH (id)` say the same.
std::string with_keywords(const std::string& written) {
  const auto first = written.find_first_not_of(" \t\r\n");
  const auto last = written.find_last_not_of(" \t\r\n");
  const std::string text = first == std::string::npos ? std::string() : written.substr(first, last - first + 1);
  const std::string head = text::upper(text.substr(0, 9));
  return head == "PARTITION" ? text : "PARTITION BY " + text;
}

}  // namespace

std::optional<types::NativePartitions> native_partitions(const ast::Clause& clause) {
  using Form = ast::Clause::PartitionForm;
  Partitions made;
  switch (clause.partition_form) {
    case Form::columns:
      return std::nullopt;
    case Form::list:
      made.kind = Partitions::Kind::list;
      return made;
    case Form::native:
      made.kind = Partitions::Kind::native;
      made.text = with_keywords(clause.text);
      return made;
    case Form::range:
      break;
  }
  made.kind = Partitions::Kind::range;
  if (!clause.quantity || !set_every(*clause.quantity, made)) return std::nullopt;
  return made;
}

void check_native_partition(Context& context, const Place& place, const ast::Clause& clause) {
  using Form = ast::Clause::PartitionForm;
  const connectors::EngineInfo& engine = *place.sync.target->engine;
  if (clause.partition_form == Form::range && !native_partitions(clause)) {
    const std::string written = clause.quantity ? clause.quantity->number + " " + clause.quantity->unit : "nothing";
    auto finding =
        diag::SettingType("PARTITION BY RANGE … EVERY", "a whole number of HOURS, DAYS, WEEKS, MONTHS, QUARTERS, YEARS or VALUES",
                          "`" + text::printable(written) + "`")
            .at(clause.quantity ? clause.quantity->span : clause.span);
    if (clause.quantity)
      suggest_unit(finding, *clause.quantity, {"HOURS", "DAYS", "WEEKS", "MONTHS", "QUARTERS", "YEARS", "VALUES"});
    context.sink.emit(std::move(finding));
  }
  const int most = engine.capabilities.list_partition_columns;
  if (clause.partition_form == Form::list && engine.built && most > 0 && clause.names.size() > static_cast<std::size_t>(most)) {
    context.sink.emit(diag::CreateItemUnsupported(engine.name, "PARTITION BY LIST of " + std::to_string(clause.names.size()) +
                                                                   " columns, only of " + std::to_string(most))
                          .at(clause.span));
  }
  if (clause.partition_form != Form::native) return;
  const auto fenced = connectors::fence(clause.text, engine.lexical);
  for (const auto& problem : fenced.problems) context.sink.emit(diag::NativeText(problem.what).at(clause.span));
  for (const auto& bind : fenced.binds) {
    context.sink.emit(diag::NativeText("uses `:" + bind.name + "`, which CREATE TABLE cannot take").at(clause.span));
  }
}

}  // namespace syncline::analyze
