#include "connectors/mysql/row_size.h"

#ifdef MARIADB_BASE_VERSION
#include "stdlib/base/pages.h"

/// Exported by the library for plugins, declared in none of its headers.
extern "C" void ma_pvio_register_callback(my_bool enable,
                                          void (*callback)(int mode, MYSQL* mysql, const unsigned char* bytes, size_t size));
#endif

namespace syncline::connectors::mysql {
namespace {

thread_local ArrivingRow* fetching = nullptr;

}  // namespace

ArrivingRow::ArrivingRow(LargeRowTurn* turn) : turn_(turn) {
  fetching = this;
}

ArrivingRow::~ArrivingRow() {
  fetching = nullptr;
}

void ArrivingRow::add(std::size_t bytes) {
  const bool before = large();
  bytes_ += bytes;
  if (!before && large() && turn_ != nullptr) refused_ = !turn_->take(LargeRowTurn::Hold::row);
}

#ifdef MARIADB_BASE_VERSION

namespace {

constexpr std::size_t kWorthwhile = 1U << 20U;

extern "C" void bytes_arrived(int mode, MYSQL* /*mysql*/, const unsigned char* /*bytes*/, size_t size) {
  constexpr int kRead = 0;
  const bool failed = size > kLargeRow * 64;  // the library passes -1 on
  if (fetching != nullptr && mode == kRead && !failed) fetching->add(size);
}

}  // namespace

void watch_arriving_rows() {
  ma_pvio_register_callback(1, bytes_arrived);
}

void forget_row(MYSQL* mysql) {
  const NET& net = mysql->net;
  if (net.compress == 0 && net.max_packet > kWorthwhile) forget_pages(net.buff, net.max_packet);
}

#else

void watch_arriving_rows() {}
void forget_row(MYSQL* /*mysql*/) {}

#endif

}  // namespace syncline::connectors::mysql
