#include "connectors/sql/progress.h"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "stdlib/base/hash.h"
#include "stdlib/base/text.h"

namespace syncline::connectors::sql {
namespace {

using nlohmann::json;

[[noreturn]] void refuse_row(const ProgressRow& row) {
  ConnectorError error(ErrorKind::drift, "the state table syncline_progress holds a record of sync `" + text::printable(row[4]) +
                                             "` and unit `" + text::printable(row[5]) + "` that cannot be read");
  error.help =
      "somebody changed it, or a newer version wrote it: use that version, or delete the record and load the unit in full";
  throw error;
}

std::string texts_to_json(const std::vector<std::string>& texts) {
  try {
    return json(texts).dump();
  } catch (const json::exception&) {
    throw ConnectorError(ErrorKind::value, "the greatest key of a load is no valid UTF-8 and cannot be recorded");
  }
}

std::vector<std::string> texts_of_json(const ProgressRow& row, const std::string& text) {
  try {
    return json::parse(text).get<std::vector<std::string>>();
  } catch (const json::exception&) {
    refuse_row(row);
  }
}

std::int64_t number_of(const ProgressRow& row, const std::string& text) {
  std::int64_t number = 0;
  const char* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || stopped != end) refuse_row(row);
  return number;
}

types::Phase phase_of(const ProgressRow& row, const std::string& text) {
  for (const auto phase : {types::Phase::full, types::Phase::window, types::Phase::key}) {
    if (text == types::to_string(phase)) return phase;
  }
  refuse_row(row);
}

}  // namespace

std::string progress_owner(const types::Progress& progress) {
  std::string identity;
  for (const auto* part : {&progress.sync, &progress.unit, &progress.target.container, &progress.target.table})
    identity += std::to_string(part->size()) + ":" + *part;
  return hash::sha256_hex(identity);
}

std::vector<std::string> progress_owners(const std::vector<types::Progress>& records) {
  std::vector<std::string> owners;
  for (const auto& record : records) {
    std::string owner = progress_owner(record);
    if (std::find(owners.begin(), owners.end(), owner) == owners.end()) owners.push_back(std::move(owner));
  }
  return owners;
}

ProgressRow progress_row(const types::Progress& progress) {
  return {progress_owner(progress),
          types::to_string(progress.phase),
          std::to_string(progress.lower),
          std::to_string(progress.upper),
          progress.sync,
          progress.unit,
          progress.target.container,
          progress.target.table,
          texts_to_json(progress.key_columns),
          texts_to_json(progress.watermark),
          progress.run_id,
          std::to_string(progress.rows)};
}

types::Progress progress_of_row(const ProgressRow& row) {
  types::Progress progress;
  progress.phase = phase_of(row, row[1]);
  progress.lower = number_of(row, row[2]);
  progress.upper = number_of(row, row[3]);
  progress.sync = row[4];
  progress.unit = row[5];
  progress.target = {row[6], row[7]};
  progress.key_columns = texts_of_json(row, row[8]);
  progress.watermark = texts_of_json(row, row[9]);
  progress.run_id = row[10];
  progress.rows = number_of(row, row[11]);
  return progress;
}

void require_place_for_progress(const ConnectionSpec& spec, const std::vector<const LoadTable*>& tables) {
  if (spec.state_in_target) return;
  for (const LoadTable* table : tables) {
    if (table->progress.empty()) continue;
    ConnectorError error(ErrorKind::setup, "the progress of increments into " + types::to_string(table->desired.name) +
                                               " is kept in the target, but the connection `" + spec.name +
                                               "` says state = local");
    error.help = "take `state = local` out of the connection; state_schema = '…' names where the state tables are made";
    throw error;
  }
}

}  // namespace syncline::connectors::sql
