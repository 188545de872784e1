#include "connectors/postgres/sent_keys.h"

#include <utility>

namespace syncline::connectors::postgres {
namespace {

/// More than what socket buffers of both sides hold.
constexpr std::size_t kOnTheWay = 32U << 20U;

}  // namespace

SentKeys::SentKeys(expr::RowKey key) : key_(std::move(key)) {
  std::vector<expr::RowKey::Part> parts = key_.parts();
  for (std::size_t i = 0; i < parts.size(); ++i) parts[i].cell = i;
  copied_ = expr::RowKey(std::move(parts));
}

void SentKeys::remember(const types::Batch& batch, std::uint64_t rows_before) {
  if (key_.empty() || batch.relay) return;
  Page page;
  page.rows_before = rows_before;
  page.row_bytes = batch.byte_size();
  page.keys.reset(key_.parts().size());
  for (std::size_t row = 0; row < batch.rows(); ++row) {
    page.keys.add_row();
    for (std::size_t i = 0; i < key_.parts().size(); ++i) {
      const expr::RowKey::Part& part = key_.parts()[i];
      std::uint64_t slot = batch.slots(row)[part.cell];
      const bool null = batch.nulls(row)[part.cell] != 0;
      if (!null && types::on_heap(part.kind)) {
        const std::string_view bytes = batch.heap_view(slot);
        slot = types::Batch::heap_slot(page.keys.heap.size(), bytes.size());
        page.keys.heap.append(bytes);
      }
      page.keys.slots(row)[i] = slot;
      page.keys.nulls(row)[i] = null ? 1 : 0;
    }
  }
  kept_bytes_ += page.row_bytes;
  pages_.push_back(std::move(page));
  while (pages_.size() > 1 && kept_bytes_ - pages_.front().row_bytes > kOnTheWay) {
    kept_bytes_ -= pages_.front().row_bytes;
    pages_.pop_front();
  }
}

std::string SentKeys::name_of(std::uint64_t row) const {
  for (const Page& page : pages_) {
    if (row > page.rows_before && row <= page.rows_before + page.keys.rows())
      return copied_.of(page.keys, static_cast<std::size_t>(row - page.rows_before - 1));
  }
  return expr::row_number(row);
}

}  // namespace syncline::connectors::postgres
