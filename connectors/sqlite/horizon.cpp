#include "connectors/sqlite/horizon.h"

#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <limits>
#include <optional>
#include <string>
#include <thread>

#include "connectors/sql/open_work.h"
#include "connectors/sqlite/writer_watch.h"
#include "stdlib/base/text.h"

namespace syncline::connectors::sqlite {
namespace {

using namespace std::chrono_literals;

/// A transaction tells nobody when it began: before anything that a column can hold.
constexpr std::int64_t kBeforeAll = std::numeric_limits<std::int64_t>::min() / 2;

/// Programs that write row by row leave gaps; one of them is enough.
constexpr int kLooks = 10;
constexpr auto kPause = 20ms;

std::int64_t now() {
  const auto unix_time = std::chrono::system_clock::now().time_since_epoch();
  return sql::micros_of_unix(std::chrono::duration_cast<std::chrono::microseconds>(unix_time).count());
}

std::string mark_of(const Writer& writer) {
  return "process " + std::to_string(writer.pid);
}

class SqliteHorizon final : public Horizon {
 public:
  explicit SqliteHorizon(const ConnectionSpec& spec) : path_(std::filesystem::weakly_canonical(spec.path).string()) {
    static_cast<void>(active_writer(path_));
  }

  OpenWork look() override {
    OpenWork work;
    work.known = true;
    std::optional<Writer> writer;
    for (int i = 0; i < kLooks; ++i) {
      if (i > 0) std::this_thread::sleep_for(kPause);
      work.now = now();  // before the look: whoever writes from here on begins later
      writer = active_writer(path_);
      if (!writer) break;
    }
    work.oldest = writer ? kBeforeAll : work.now - sql::kHorizonMargin;
    if (!writer) return work;
    work.mark = mark_of(*writer);
    work.holder = holder(*writer);
    return work;
  }

  bool ended(const OpenWork& then) override {
    if (!then.known) return false;
    if (then.mark.empty()) return true;
    const auto writer = active_writer(path_);
    return !writer || (writer->pid != 0 && mark_of(*writer) != then.mark);
  }

 private:
  [[nodiscard]] std::string holder(const Writer& writer) const {
    const std::string who = writer.pid == 0          ? "a writer"
                            : writer.pid == getpid() ? "this program itself, a writer"
                                                     : "process " + std::to_string(writer.pid) + ", a writer";
    return who + " of `" + text::printable(path_) + "`";
  }

  std::string path_;
};

}  // namespace

std::unique_ptr<Horizon> make_horizon(const ConnectionSpec& spec) {
  return std::make_unique<SqliteHorizon>(spec);
}

}  // namespace syncline::connectors::sqlite
