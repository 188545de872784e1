#include "compiler/analyze/alignment_facts.h"

#include <unordered_map>

#include "stdlib/types/calendar.h"
#include "stdlib/types/range_partition.h"

namespace syncline::analyze {
namespace {

class Enumeration {
 public:
  explicit Enumeration(const Subject& subject) : subject_(subject), values_(subject.zone, *subject.clock) {}

  Facts run() {
    const bool bounded = subject_.bounds.lower || subject_.bounds.upper;
    for (std::size_t at = 0; at < subject_.instances.size(); ++at) {
      const schedule::Instance& instance = subject_.instances[at];
      Stretch read{instance.window.start, instance.window.end, true, false};
      if (bounded) {
        const auto stretch = stretch_of(subject_.bounds, instance, values_);
        if (!stretch) {
          facts_.timed = false;
          return facts_;
        }
        read = *stretch;
      }
      compare_with_window(instance, read);
      if (at > 0) compare_with_previous(subject_.instances[at - 1], instance, read);
      place(at, read);
      check_range(instance, read);
      previous_ = read;
    }
    return std::move(facts_);
  }

 private:
  void compare_with_window(const schedule::Instance& instance, const Stretch& read) {
    facts_.lower_is_window = facts_.lower_is_window && read.from == instance.window.start;
    facts_.upper_is_window = facts_.upper_is_window && read.to == instance.window.end;
  }

  void compare_with_previous(const schedule::Instance& before, const schedule::Instance& now, const Stretch& read) {
    const auto remember = [&](std::optional<Pair>& slot) {
      if (!slot) slot = Pair{before, now, previous_, read};
    };
    const bool border_open = previous_.to == read.from && !previous_.to_included && !read.from_included;
    if (previous_.to < read.from || border_open) remember(facts_.gap);
    if (previous_.to > read.from) remember(facts_.overlap);
    if (previous_.to == read.from && previous_.to_included && read.from_included) remember(facts_.touch);
    if (!facts_.shared_bizdate && before.window != now.window && before.bizdate() == now.bizdate())
      remember(facts_.shared_bizdate);
    facts_.windows_meet = facts_.windows_meet && before.window.end == now.window.start;
  }

  void place(std::size_t at, const Stretch& read) {
    if (subject_.partitions.empty()) return;
    const schedule::Instance& instance = subject_.instances[at];
    std::string together;
    for (const PartitionValue& partition : subject_.partitions) {
      facts_.by_row = facts_.by_row || !partition.value;
      if (!partition.value) check_boundary(partition, instance, read);
      if (!partition.value) continue;
      const types::Value value = values_.value(*partition.value, instance);
      const std::string text = types::to_text(value);
      check_unit(partition, value, text, instance, read);
      together += text + '\n';
    }
    if (!facts_.by_row) check_shared(together, at, read);
  }

  void check_boundary(const PartitionValue& partition, const schedule::Instance& instance, const Stretch& read) {
    if (facts_.off_boundary || !partition.unit) return;
    const auto off = [&](std::int64_t instant) {
      return instant != types::kTimestampMinusInfinity && instant != types::kTimestampInfinity &&
             !begins_unit(instant, *partition.unit, *subject_.clock);
    };
    if (off(read.from) || off(read.to)) facts_.off_boundary = OffBoundary{instance, read, partition.column, *partition.unit};
  }

  /// Clock times that come twice lie in one range, so no instance may begin before another one's end by the clock.
  void check_range(const schedule::Instance& instance, const Stretch& read) {
    if (facts_.off_range || !subject_.ranges || subject_.ranges->unit == types::NativePartitions::Unit::values) return;
    if (read.from == types::kTimestampMinusInfinity || read.to == types::kTimestampInfinity) return;
    const types::Zone& clock = *subject_.clock;
    const auto off = [&](std::int64_t instant) { return !types::begins_range(*subject_.ranges, instant, clock); };
    const bool shared = clock_reached_ && clock.to_local(read.from) <= *clock_reached_;
    if (off(read.from) || off(read.to) || shared) facts_.off_range = OffRange{instance, read};
    clock_reached_ = clock.to_local(read.to - 1);
  }

  void check_unit(const PartitionValue& partition, const types::Value& value, const std::string& text,
                  const schedule::Instance& instance, const Stretch& read) {
    const auto& unit = unit_named(value, text);
    if (!unit || read.from == types::kTimestampMinusInfinity || read.to == types::kTimestampInfinity) return;
    const bool inside = unit->start <= read.from && read.to <= unit->end;
    const std::int64_t shift = subject_.clock->to_local(unit->start) - subject_.clock->to_local(read.from);
    if (!inside && !facts_.misplaced) facts_.misplaced = Misplaced{instance, read, partition.column, text, false};
    if (facts_.misplaced && facts_.misplaced->column == partition.column)
      facts_.misplaced->varies = facts_.misplaced->varies || (shift_ && *shift_ != shift);
    shift_ = shift;
  }

  /// Neighbours mostly name the same unit.
  const std::optional<schedule::Window>& unit_named(const types::Value& value, const std::string& text) {
    if (text != named_text_) {
      named_text_ = text;
      named_unit_ = unit_of(value, *subject_.clock);
    }
    return named_unit_;
  }

  void check_shared(const std::string& values, std::size_t at, const Stretch& read) {
    if (facts_.shared_partition) return;
    const auto [first, fresh] = writers_.emplace(values, Writer{at, read});
    if (fresh) return;
    facts_.shared_partition = Pair{subject_.instances[first->second.at], subject_.instances[at], first->second.read, read};
  }

  struct Writer {
    std::size_t at = 0;
    Stretch read;
  };

  const Subject& subject_;
  InstanceValues values_;
  Facts facts_;
  Stretch previous_;
  std::optional<std::int64_t> shift_;
  std::optional<std::int64_t> clock_reached_;  ///< what the clock showed at the end of the instance before
  std::string named_text_;
  std::optional<schedule::Window> named_unit_;
  std::unordered_map<std::string, Writer> writers_;
};

}  // namespace

Facts facts_of(const Subject& subject) {
  return Enumeration(subject).run();
}

}  // namespace syncline::analyze
