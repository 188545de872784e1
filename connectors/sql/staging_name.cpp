#include "connectors/sql/staging_name.h"

#include <algorithm>
#include <charconv>

#include "stdlib/base/hash.h"

namespace syncline::connectors::sql {
namespace {

constexpr std::string_view kStaging = "syncline_stg_";
constexpr std::string_view kOld = "syncline_old_";
constexpr std::string_view kRows = "syncline_row_";
constexpr std::size_t kHashDigits = 16;

bool is_hash(std::string_view text) {
  return text.size() == kHashDigits && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

/// Nothing, or the number of a load among several: `_12`.
bool is_part(std::string_view text) {
  if (text.empty()) return true;
  return text.front() == '_' && text.size() > 1 && text.find_first_not_of("0123456789", 1) == std::string_view::npos;
}

std::string name_of(std::string_view kind, std::int64_t epoch, const types::ObjectName& target, int part) {
  const std::string whole = std::string(kind) + std::to_string(epoch) + "_" + target_hash(target);
  return part == 0 ? whole : whole + "_" + std::to_string(part);
}

}  // namespace

std::string target_hash(const types::ObjectName& target) {
  std::string name = target.container;
  name += '\0';
  name += target.table;
  return hash::fast_hex(name);
}

std::string staging_name(std::int64_t epoch, const types::ObjectName& target, int part) {
  return name_of(kStaging, epoch, target, part);
}

std::string staging_name(const LoadTable& load) {
  return staging_name(load.epoch, load.desired.name, load.part);
}

std::int64_t ledger_number(const LoadTable& load, std::int64_t chunk) {
  constexpr std::int64_t kChunksOfAPart = std::int64_t{1} << 32U;
  return load.part * kChunksOfAPart + chunk;
}

std::string old_name(std::int64_t epoch, const types::ObjectName& target) {
  return std::string(kOld) + std::to_string(epoch) + "_" + target_hash(target);
}

std::string rows_name(const LoadTable& load) {
  return name_of(kRows, load.epoch, load.desired.name, load.part);
}

std::optional<StagingName> parse_staging_name(std::string_view table) {
  StagingName name;
  name.old = table.substr(0, kOld.size()) == kOld;
  const std::string_view head = table.substr(0, kStaging.size());
  if (!name.old && head != kStaging && head != kRows) return std::nullopt;
  table.remove_prefix(kStaging.size());
  const auto* const end = table.data() + table.size();
  const auto [stop, problem] = std::from_chars(table.data(), end, name.epoch);
  if (problem != std::errc{} || stop == end || *stop != '_' || table.front() == '-') return std::nullopt;
  const std::string_view rest(stop + 1, static_cast<std::size_t>(end - stop - 1));
  if (!is_hash(rest.substr(0, kHashDigits)) || !is_part(rest.substr(std::min(kHashDigits, rest.size())))) return std::nullopt;
  name.hash = rest.substr(0, kHashDigits);
  return name;
}

bool is_own_name(std::string_view table) {
  return table.substr(0, 9) == "syncline_";
}

}  // namespace syncline::connectors::sql
