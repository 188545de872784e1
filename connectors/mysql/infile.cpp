#include "connectors/mysql/infile.h"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <random>

#include "connectors/mysql/dialect.h"

namespace syncline::connectors::mysql {
namespace {

std::string make_token() {
  std::random_device random;
  std::string token = "syncline";
  for (int i = 0; i < 4; ++i) {
    char digits[16];
    const auto end = std::to_chars(digits, digits + sizeof digits, static_cast<std::uint32_t>(random()), 16).ptr;
    token.append("-").append(digits, end);
  }
  return token;
}

/// "Records: 3  Deleted: 0  Skipped: 1  Warnings: 2" -> 1
std::uint64_t skipped_in(const char* info) {
  const char* at = info == nullptr ? nullptr : std::strstr(info, "Skipped: ");
  return at == nullptr ? 0 : std::strtoull(at + 9, nullptr, 10);
}

}  // namespace

MemoryInfile::MemoryInfile(Connection& connection) : connection_(connection) {
  mysql_set_local_infile_handler(connection_.handle(), start, read, end, error, this);
}

MemoryInfile::~MemoryInfile() {
  mysql_set_local_infile_default(connection_.handle());
}

int MemoryInfile::start(void** state, const char* name, void* self) {
  auto* infile = static_cast<MemoryInfile*>(self);
  *state = infile;
  if (infile->token_.empty() || name == nullptr || infile->token_ != name) {
    infile->text_ = {};
    return 1;
  }
  infile->token_.clear();
  return 0;
}

int MemoryInfile::read(void* state, char* to, unsigned room) {
  auto* infile = static_cast<MemoryInfile*>(state);
  const auto count = std::min<std::size_t>(infile->text_.size(), room);
  std::memcpy(to, infile->text_.data(), count);
  infile->text_.remove_prefix(count);
  return static_cast<int>(count);
}

void MemoryInfile::end(void* /*state*/) {}

int MemoryInfile::error(void* /*state*/, char* message, unsigned room) {
  std::snprintf(message, room, "the server asked for a file that was not offered");
  return 2;
}

MemoryInfile::Outcome MemoryInfile::load(std::string_view text, const std::string& table, const std::string& columns) {
  token_ = make_token();
  text_ = text;
  const auto statement = "LOAD DATA LOCAL INFILE " + quote_text(token_) + " INTO TABLE " + table +
                         " CHARACTER SET utf8mb4 FIELDS TERMINATED BY '\\t' ESCAPED BY '\\\\' LINES TERMINATED BY '\\n' (" +
                         columns + ")";
  const auto failed = connection_.attempt(statement);
  token_.clear();
  text_ = {};
  if (failed) throw ConnectorError(*failed);
  Outcome outcome;
  outcome.rows = mysql_affected_rows(connection_.handle());
  outcome.skipped = skipped_in(mysql_info(connection_.handle()));
  outcome.warnings = mysql_warning_count(connection_.handle());
  return outcome;
}

}  // namespace syncline::connectors::mysql
