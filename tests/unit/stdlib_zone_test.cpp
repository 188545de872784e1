#include "stdlib/types/zone.h"

#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <ctime>
#include <random>
#include <string>

#include "stdlib/types/calendar.h"

BOOST_AUTO_TEST_SUITE(zone_rules)

using namespace syncline;
using types::Zone;

namespace {

constexpr std::int64_t kSecond = 1'000'000;

const Zone& zone(const char* name) {
  const auto* found = Zone::find(name);
  BOOST_REQUIRE_MESSAGE(found != nullptr, name);
  return *found;
}

std::int64_t micros(const char* text) {
  return types::parse_timestamp(text).value();
}

std::string text(std::int64_t micros) {
  return types::format_timestamp(micros, 0);
}

/// The C library's view, which reads the same files in its own way.
class SystemZone {
 public:
  explicit SystemZone(const char* name) {
    if (const char* old = std::getenv("TZ")) before_ = old;
    setenv("TZ", name, 1);
    tzset();
  }
  ~SystemZone() {
    before_.empty() ? unsetenv("TZ") : setenv("TZ", before_.c_str(), 1);
    tzset();
  }
  SystemZone(const SystemZone&) = delete;
  SystemZone& operator=(const SystemZone&) = delete;
  static std::int64_t offset(std::int64_t instant) {
    const auto seconds = static_cast<std::time_t>(instant / kSecond + types::kUnixToEpochDays * 86'400);
    std::tm local{};
    localtime_r(&seconds, &local);
    return local.tm_gmtoff * kSecond;
  }

 private:
  std::string before_;
};

constexpr const char* kZones[] = {
    "Europe/Berlin",    "America/New_York", "America/Sao_Paulo", "Australia/Lord_Howe", "Asia/Kolkata",   "UTC",
    "Pacific/Apia",     "America/St_Johns", "Asia/Shanghai",     "Africa/Cairo",        "America/Havana", "Asia/Pyongyang",
    "Pacific/Auckland", "Asia/Kathmandu",   "Atlantic/Azores",   "Antarctica/Troll"};

}  // namespace

BOOST_AUTO_TEST_CASE(offsets_are_those_of_the_system_until_2500) {
  std::mt19937_64 random(7);
  std::uniform_int_distribution<std::int64_t> instants(micros("1901-12-15 00:00:00") / kSecond,
                                                       micros("2499-12-31 00:00:00") / kSecond);
  for (const char* name : kZones) {
    const SystemZone system(name);
    const auto& rules = zone(name);
    for (int i = 0; i < 20'000; ++i) {
      const auto at = instants(random) * kSecond;
      const auto period = rules.period_at(at);
      const bool right = period.offset == SystemZone::offset(at) && period.begin <= at && at < period.end &&
                         rules.to_local(at) == at + period.offset;
      if (!right) BOOST_FAIL(name << " at " << text(at));
    }
  }
}

BOOST_AUTO_TEST_CASE(the_first_instant_of_a_clock_time) {
  struct Case {
    const char* zone;
    const char* local;
    const char* instant;
    bool exists;
  };
  const Case cases[] = {
      {"Europe/Berlin", "2026-03-29 01:59:59", "2026-03-29 00:59:59", true},
      {"Europe/Berlin", "2026-03-29 02:30:00", "2026-03-29 01:00:00", false},
      {"Europe/Berlin", "2026-03-29 03:00:00", "2026-03-29 01:00:00", true},
      {"Europe/Berlin", "2026-10-25 02:30:00", "2026-10-25 00:30:00", true},
      {"Europe/Berlin", "2026-10-25 03:00:00", "2026-10-25 02:00:00", true},
      {"America/New_York", "2026-11-01 01:00:00", "2026-11-01 05:00:00", true},
      {"America/Sao_Paulo", "2018-11-04 00:00:00", "2018-11-04 03:00:00", false},
      {"Australia/Lord_Howe", "2026-10-04 02:15:00", "2026-10-03 15:30:00", false},
      {"Australia/Lord_Howe", "2026-04-05 01:45:00", "2026-04-04 14:45:00", true},
      {"Pacific/Apia", "2011-12-30 12:00:00", "2011-12-30 10:00:00", false},
      {"Pacific/Apia", "2011-12-31 00:00:00", "2011-12-30 10:00:00", true},
      {"Asia/Kolkata", "2026-01-01 00:00:00", "2025-12-31 18:30:00", true},
      {"+05:45", "2026-01-01 00:00:00", "2025-12-31 18:15:00", true},
      {"-0330", "2026-01-01 00:00:00", "2026-01-01 03:30:00", true},
      {"Europe/Berlin", "2438-03-28 02:30:00", "2438-03-28 01:00:00", false},
      {"Europe/Berlin", "2837-10-25 02:30:00", "2837-10-25 00:30:00", true},
      {"Europe/Berlin", "9999-07-01 12:00:00", "9999-07-01 10:00:00", true},
  };
  for (const auto& one : cases) {
    const auto& rules = zone(one.zone);
    BOOST_TEST(text(rules.first_instant(micros(one.local))) == one.instant, one.zone << " " << one.local);
    BOOST_TEST(rules.to_instant(micros(one.local)).has_value() == one.exists, one.zone << " " << one.local);
  }
  BOOST_TEST(Zone::find("Nowhere/City") == nullptr);
  BOOST_TEST(Zone::find("+8") == nullptr);
  BOOST_TEST(Zone::find("../etc/passwd") == nullptr);
}

BOOST_AUTO_TEST_CASE(first_instants_never_run_backwards) {
  for (const char* name : kZones) {
    const auto& rules = zone(name);
    for (const char* start : {"1969-09-20 00:00:00", "2010-01-01 00:00:00", "2437-06-01 00:00:00"}) {
      auto before = rules.first_instant(micros(start));
      for (int i = 1; i < 60'000; ++i) {
        const auto local = micros(start) + i * 601 * kSecond;
        const auto at = rules.first_instant(local);
        const bool right = at >= before && rules.to_local(at) >= local && rules.to_local(at - 1) < local;
        if (!right) BOOST_FAIL(name << " " << text(local));
        before = at;
      }
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
