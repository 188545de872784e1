#pragma once
#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>
#include <vector>

namespace syncline::types {

/// Growable bytes without initialisation. Capacity survives clear(), so a recycled batch allocates nothing.
class Buffer {
 public:
  [[nodiscard]] char* data() { return data_.get(); }
  [[nodiscard]] const char* data() const { return data_.get(); }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] std::size_t capacity() const { return capacity_; }
  void clear() { size_ = 0; }
  /// Room for `more` bytes behind the end; returns the end. Follow with `advance(written)`.
  char* reserve_more(std::size_t more) {
    if (size_ + more > capacity_) grow(size_ + more);
    return data_.get() + size_;
  }
  void advance(std::size_t written) { size_ += written; }
  void append(const void* bytes, std::size_t count) {
    if (count == 0) return;  // memcpy takes no null pointer, not even for nothing
    std::memcpy(reserve_more(count), bytes, count);
    size_ += count;
  }
  void append(std::string_view bytes) { append(bytes.data(), bytes.size()); }
  /// Gives the memory back when it is above `keep` bytes (after a row with a very large cell).
  void trim(std::size_t keep);

 private:
  void grow(std::size_t needed);
  std::unique_ptr<char[]> data_;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

/// Rows on their way from a reader to a writer: row-major 8-byte slots, one null byte per cell, one heap for everything of
/// variable length. No per-cell allocation. Meaning of a slot: CellKind of its column (known per table, not stored here).
/// A relay batch instead carries the wire bytes of one engine untouched in `heap` (same engine on both sides, no row expression).
/// Owned by one thread at a time; handed over whole.
class Batch {
 public:
  /// A heap slot: offset in the low 32 bits, length in the high 32 bits.
  static std::uint64_t heap_slot(std::uint64_t offset, std::uint64_t length) { return offset | length << 32U; }
  [[nodiscard]] std::string_view heap_view(std::uint64_t slot) const {
    return {heap.data() + (slot & 0xffffffffU), static_cast<std::size_t>(slot >> 32U)};
  }

  /// Empties the batch for rows of `columns` cells.
  void reset(std::size_t columns);
  /// Appends one row of unset cells and returns its index. Pointers into slots and nulls are invalid afterwards.
  std::size_t add_row();
  /// Takes back the last row (its heap bytes stay).
  void drop_last_row() { --rows_; }

  [[nodiscard]] std::size_t rows() const { return rows_; }
  [[nodiscard]] std::size_t columns() const { return columns_; }
  [[nodiscard]] std::uint64_t* slots(std::size_t row) { return slots_.data() + row * columns_; }
  [[nodiscard]] const std::uint64_t* slots(std::size_t row) const { return slots_.data() + row * columns_; }
  [[nodiscard]] std::uint8_t* nulls(std::size_t row) { return nulls_.data() + row * columns_; }
  [[nodiscard]] const std::uint8_t* nulls(std::size_t row) const { return nulls_.data() + row * columns_; }
  /// Bytes the rows occupy: what batch_size and progress count.
  [[nodiscard]] std::size_t byte_size() const { return heap.size() + (relay ? 0 : rows_ * columns_ * 8); }

  Buffer heap;
  bool relay = false;
  std::size_t relay_rows = 0;  ///< rows in a relay batch, when the reader can count them

 private:
  std::vector<std::uint64_t> slots_;
  std::vector<std::uint8_t> nulls_;
  std::size_t rows_ = 0;
  std::size_t columns_ = 0;
};

}  // namespace syncline::types
