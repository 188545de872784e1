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
    infile->sent_ = 0;
    infile->large_.clear();
    return 1;
  }
  infile->token_.clear();
  return 0;
}

std::size_t MemoryInfile::put_text(char* to, std::size_t room) {
  const auto stop = next_large_ < large_.size() ? large_[next_large_].offset : text_.size();
  const auto count = std::min(stop - sent_, room);
  std::memcpy(to, text_.data() + sent_, count);
  sent_ += count;
  return count;
}

std::size_t MemoryInfile::put_large(char* to, std::size_t room) {
  if (next_large_ >= large_.size() || large_[next_large_].offset != sent_) return 0;
  auto& bytes = large_[next_large_].bytes;
  std::size_t count = 0;
  std::size_t taken = 0;
  while (taken < bytes.size() && count + 2 <= room) {
    const char byte = bytes[taken++];
    const char escape = escape_of(byte);
    if (escape != 0) to[count++] = '\\';
    to[count++] = escape != 0 ? escape : byte;
  }
  bytes.remove_prefix(taken);
  if (bytes.empty()) ++next_large_;
  return count;
}

int MemoryInfile::read(void* state, char* to, unsigned room) {
  auto* infile = static_cast<MemoryInfile*>(state);
  std::size_t count = 0;
  while (count + 2 <= room) {
    const auto put = infile->put_text(to + count, room - count);
    const auto large = infile->put_large(to + count + put, room - count - put);
    if (put + large == 0) break;
    count += put + large;
  }
  return static_cast<int>(count);
}

void MemoryInfile::end(void* /*state*/) {}

int MemoryInfile::error(void* /*state*/, char* message, unsigned room) {
  std::snprintf(message, room, "the server asked for a file that was not offered");
  return 2;
}

MemoryInfile::Outcome MemoryInfile::load(std::string_view text, const std::vector<LargeCell>& large, const std::string& table,
                                         const LoadFields& fields) {
  const bool rehearsed = connection_.rehearsal() != nullptr;
  token_ = rehearsed ? "syncline" : make_token();
  text_ = text;
  sent_ = 0;
  large_ = large;
  next_large_ = 0;
  const auto statement = "LOAD DATA LOCAL INFILE " + quote_text(token_) + " INTO TABLE " + table + " CHARACTER SET " +
                         fields.charset + " FIELDS TERMINATED BY '\\t' ESCAPED BY '\\\\' LINES TERMINATED BY '\\n' " +
                         fields.list;
  const auto failed = connection_.attempt(statement);
  token_.clear();
  text_ = {};
  sent_ = 0;
  large_.clear();
  if (failed) throw ConnectorError(*failed);
  if (rehearsed) return {};
  Outcome outcome;
  outcome.rows = mysql_affected_rows(connection_.handle());
  outcome.skipped = skipped_in(mysql_info(connection_.handle()));
  outcome.warnings = mysql_warning_count(connection_.handle());
  return outcome;
}

}  // namespace syncline::connectors::mysql
