#pragma once
#include <cstdint>
#include <string>

/// Wall-clock time and run identities. Waits and durations use std::chrono::steady_clock, never these.
namespace syncline::observe {

/// Microseconds since 2000-01-01 UTC: RunOptions::started_at, `:started_at`.
std::int64_t wall_micros();
/// `2026-11-20 00:30:00` (UTC) of such a moment.
std::string wall_text(std::int64_t micros);

/// A ULID: 10 characters of milliseconds since 1970, 16 of randomness, Crockford's alphabet. Sorts by time.
std::string ulid(std::uint64_t unix_millis, std::uint64_t random_high, std::uint64_t random_low);
/// A fresh one for a run that starts now.
std::string new_run_id();

}  // namespace syncline::observe
