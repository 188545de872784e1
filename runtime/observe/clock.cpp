#include "runtime/observe/clock.h"

#include <chrono>
#include <random>
#include <string_view>

#include "stdlib/types/calendar.h"

namespace syncline::observe {
namespace {

constexpr std::string_view kAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr std::size_t kTimeCharacters = 10;
constexpr std::size_t kRandomCharacters = 8;  // of each of the two random numbers: 40 bits

void append_digits(std::string& out, std::uint64_t value, std::size_t characters) {
  for (std::size_t left = characters; left > 0; --left) out += kAlphabet[value >> ((left - 1) * 5U) & 31U];
}

std::int64_t unix_micros() {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::microseconds>(since).count();
}

}  // namespace

std::int64_t wall_micros() {
  return unix_micros() - types::kUnixToEpochDays * types::kMicrosPerDay;
}

std::string wall_text(std::int64_t micros) {
  return types::format_timestamp(micros, 0);
}

std::string ulid(std::uint64_t unix_millis, std::uint64_t random_high, std::uint64_t random_low) {
  std::string out;
  append_digits(out, unix_millis, kTimeCharacters);
  append_digits(out, random_high, kRandomCharacters);
  append_digits(out, random_low, kRandomCharacters);
  return out;
}

std::string new_run_id() {
  std::random_device device;
  const auto draw = [&device] { return static_cast<std::uint64_t>(device()) << 32U | device(); };
  const std::uint64_t high = draw();
  return ulid(static_cast<std::uint64_t>(unix_micros() / 1000), high, draw());
}

}  // namespace syncline::observe
