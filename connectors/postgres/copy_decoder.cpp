#include "connectors/postgres/copy_decoder.h"

#include <algorithm>
#include <utility>

#include "connectors/api/error.h"
#include "connectors/postgres/numeric.h"
#include "connectors/postgres/wire.h"
#include "stdlib/base/pages.h"

namespace syncline::connectors::postgres {
namespace {

constexpr char kSignature[] = "PGCOPY\n\377\r\n";  // with its closing NUL: 11 bytes
constexpr std::size_t kSignatureSize = 11;
constexpr std::size_t kHeaderSize = 19;
constexpr std::size_t kSlice = 1U << 20U;

[[noreturn]] void broken(const char* what) {
  throw ConnectorError(ErrorKind::protocol, std::string("the server's COPY stream makes no sense: ") + what);
}

void need(bool ok, const char* what) {
  if (!ok) broken(what);
}

/// Large cells without a second copy in memory: what is copied is given back.
void move_over(types::Buffer& heap, char* data, std::size_t size) {
  if (size <= kSlice) return heap.append(data, size);
  heap.reserve_more(size);
  for (std::size_t at = 0; at < size; at += kSlice) {
    const std::size_t slice = std::min(kSlice, size - at);
    heap.append(data + at, slice);
    forget_pages(data + at, slice);
  }
}

std::uint64_t keep(types::Batch& batch, char* data, std::size_t size) {
  const std::size_t offset = batch.heap.size();
  move_over(batch.heap, data, size);
  return types::Batch::heap_slot(offset, size);
}

std::uint64_t keep_uuid(types::Batch& batch, const char* data) {
  static constexpr char kDigits[] = "0123456789abcdef";
  const std::size_t offset = batch.heap.size();
  char* p = batch.heap.reserve_more(36);
  for (int i = 0; i < 16; ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) *p++ = '-';
    const auto byte = static_cast<unsigned char>(data[i]);
    *p++ = kDigits[byte >> 4U];
    *p++ = kDigits[byte & 15U];
  }
  batch.heap.advance(36);
  return types::Batch::heap_slot(offset, 36);
}

std::uint64_t keep_bits(types::Batch& batch, const char* data, std::size_t size) {
  need(size >= 4, "a bit string without length");
  const std::size_t count = wire::get32(data);
  need(size == 4 + (count + 7) / 8, "a bit string of the wrong length");
  const std::size_t offset = batch.heap.size();
  char* p = batch.heap.reserve_more(count);
  for (std::size_t i = 0; i < count; ++i) {
    p[i] = (static_cast<unsigned char>(data[4 + i / 8]) >> (7 - i % 8) & 1U) != 0 ? '1' : '0';
  }
  batch.heap.advance(count);
  return types::Batch::heap_slot(offset, count);
}

std::uint64_t keep_numeric(types::Batch& batch, const char* data, std::size_t size) {
  const std::size_t offset = batch.heap.size();
  need(append_numeric_text(batch.heap, data, size), "a malformed numeric");
  return types::Batch::heap_slot(offset, batch.heap.size() - offset);
}

std::uint64_t decode_cell(Decoding decoding, types::Batch& batch, char* data, std::size_t size) {
  switch (decoding) {
    case Decoding::int4:
      need(size == 4, "an integer");
      return static_cast<std::uint64_t>(static_cast<std::int32_t>(wire::get32(data)));
    case Decoding::int8:
      need(size == 8, "a bigint");
      return wire::get64(data);
    case Decoding::text:
    case Decoding::bytes:
      return keep(batch, data, size);
    case Decoding::numeric:
      return keep_numeric(batch, data, size);
    case Decoding::timestamp:
    case Decoding::time:
    case Decoding::float8:
      need(size == 8, "an 8-byte value");
      return wire::get64(data);
    case Decoding::date:
      need(size == 4, "a date");
      return static_cast<std::uint64_t>(static_cast<std::int32_t>(wire::get32(data)));
    case Decoding::float4:
      need(size == 4, "a real");
      return wire::get32(data);
    case Decoding::int2:
      need(size == 2, "a smallint");
      return static_cast<std::uint64_t>(static_cast<std::int16_t>(wire::get16(data)));
    case Decoding::boolean:
      need(size == 1, "a boolean");
      return data[0] != 0 ? 1 : 0;
    case Decoding::padded_text:
      while (size > 0 && data[size - 1] == ' ') --size;
      return keep(batch, data, size);
    case Decoding::jsonb:
      need(size >= 1 && data[0] == 1, "a jsonb of an unknown version");
      return keep(batch, data + 1, size - 1);
    case Decoding::uuid:
      need(size == 16, "a uuid");
      return keep_uuid(batch, data);
    case Decoding::bits:
      return keep_bits(batch, data, size);
  }
  return 0;
}

}  // namespace

CopyDecoder::CopyDecoder(std::vector<Decoding> columns, std::size_t extra)
    : columns_(std::move(columns)), extra_(extra), last_key_(extra) {}

char* CopyDecoder::skip_header(char* p, const char* end) {
  if (header_seen_) return p;
  need(static_cast<std::size_t>(end - p) >= kHeaderSize && std::memcmp(p, kSignature, kSignatureSize) == 0, "no header");
  need((wire::get32(p + 11) & 0xFFFF0000U) == 0, "unknown flags");
  const std::size_t extension = wire::get32(p + 15);
  need(extension <= static_cast<std::size_t>(end - p) - kHeaderSize, "a header that is cut short");
  header_seen_ = true;
  return p + kHeaderSize + extension;
}

char* CopyDecoder::decode_row(char* p, const char* end, types::Batch& batch) {
  const std::size_t row = batch.add_row();
  std::uint64_t* slots = batch.slots(row);
  std::uint8_t* nulls = batch.nulls(row);
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    need(end - p >= 4, "a row that is cut short");
    const auto size = static_cast<std::int32_t>(wire::get32(p));
    p += 4;
    if (size < 0) {
      nulls[i] = 1;
      slots[i] = 0;
      continue;
    }
    need(end - p >= size, "a row that is cut short");
    nulls[i] = 0;
    slots[i] = decode_cell(columns_[i], batch, p, static_cast<std::size_t>(size));
    p += size;
  }
  return extra_ > 0 ? keep_key(p, end) : p;
}

char* CopyDecoder::keep_key(char* p, const char* end) {
  for (std::string& value : last_key_) {
    need(end - p >= 4, "a key that is cut short");
    const auto size = static_cast<std::int32_t>(wire::get32(p));
    p += 4;
    need(size >= 0 && end - p >= size, "a key that is null or cut short");
    value.assign(p, static_cast<std::size_t>(size));
    p += size;
  }
  return p;
}

void CopyDecoder::decode(char* data, std::size_t size, types::Batch& batch) {
  const char* const end = data + size;
  char* p = skip_header(data, end);
  while (p < end) {
    need(end - p >= 2, "a row without its column count");
    const auto count = static_cast<std::int16_t>(wire::get16(p));
    p += 2;
    if (count == -1) {
      need(p == end, "rows behind the end");
      return;
    }
    need(static_cast<std::size_t>(count) == columns_.size() + extra_, "another number of columns");
    p = decode_row(p, end, batch);
  }
}

std::size_t CopyDecoder::sketch(char* data, std::size_t size, const std::vector<std::size_t>& wanted, types::Batch& batch) {
  const char* const end = data + size;
  char* p = skip_header(data, end) + 2;
  const std::size_t row = batch.add_row();
  std::size_t largest = 0;
  std::size_t largest_bytes = 0;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    batch.nulls(row)[i] = 1;
    need(end - p >= 4, "a row that is cut short");
    const auto given = static_cast<std::int32_t>(wire::get32(p));
    const auto bytes = static_cast<std::size_t>(std::max(given, 0));
    p += 4;
    need(static_cast<std::size_t>(end - p) >= bytes, "a row that is cut short");
    if (bytes > largest_bytes) {
      largest = i;
      largest_bytes = bytes;
    }
    if (given >= 0 && std::find(wanted.begin(), wanted.end(), i) != wanted.end()) {
      batch.slots(row)[i] = decode_cell(columns_[i], batch, p, bytes);
      batch.nulls(row)[i] = 0;
    }
    p += bytes;
  }
  return largest;
}

std::size_t CopyDecoder::relay(char* data, std::size_t size, types::Batch& batch) {
  const char* const end = data + size;
  char* const start = skip_header(data, end);
  const char* p = start;
  std::size_t rows = 0;
  while (p < end) {
    need(end - p >= 2, "a row without its column count");
    const auto count = static_cast<std::int16_t>(wire::get16(p));
    if (count == -1) break;
    p += 2;
    for (int i = 0; i < count; ++i) {
      need(end - p >= 4, "a row that is cut short");
      const auto length = static_cast<std::int32_t>(wire::get32(p));
      p += 4;
      need(length <= end - p, "a row that is cut short");
      if (length > 0) p += length;
    }
    ++rows;
  }
  move_over(batch.heap, start, static_cast<std::size_t>(p - start));
  return rows;
}

}  // namespace syncline::connectors::postgres
