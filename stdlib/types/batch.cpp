#include "stdlib/types/batch.h"

#include <algorithm>
#include <stdexcept>

namespace syncline::types {
namespace {

constexpr std::size_t kFirstBuffer = 4096;
constexpr std::size_t kLargeBuffer = 24U << 20U;
constexpr std::size_t kRoomBehindLarge = 64U << 10U;
constexpr std::size_t kFirstRows = 64;

}  // namespace

void Buffer::trim(std::size_t keep) {
  if (capacity_ <= keep || size_ > keep) return;
  std::unique_ptr<char[]> smaller(new char[std::max<std::size_t>(keep, 1)]);
  if (size_ > 0) std::memcpy(smaller.get(), data_.get(), size_);
  data_ = std::move(smaller);
  capacity_ = std::max<std::size_t>(keep, 1);
}

void Buffer::grow(std::size_t needed) {
  // A very large cell gets what it needs and a little room behind it: half as much again would double the peak memory.
  const auto capacity =
      needed > kLargeBuffer ? needed + kRoomBehindLarge : std::max({needed, capacity_ + capacity_ / 2, kFirstBuffer});
  std::unique_ptr<char[]> larger(new char[capacity]);
  if (size_ > 0) std::memcpy(larger.get(), data_.get(), size_);
  data_ = std::move(larger);
  capacity_ = capacity;
}

void Batch::reset(std::size_t columns) {
  heap.clear();
  relay = false;
  relay_rows = 0;
  columns_ = columns;
  rows_ = 0;
}

std::size_t Batch::add_row() {
  const auto needed = (rows_ + 1) * columns_;
  if (needed > slots_.size()) {
    const auto cells = std::max({needed, slots_.size() * 2, kFirstRows * columns_});
    slots_.resize(cells);
    nulls_.resize(cells);
  }
  return rows_++;
}

}  // namespace syncline::types
