#pragma once
#include <string>
#include <string_view>
#include <utility>

namespace syncline {

/// A value that must never be printed, logged, planned or stored. There is no conversion to text: the one
/// reader is `reveal()`, called by a connector while it opens a session. The memory is wiped on destruction.
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string value) : value_(std::move(value)) {}
  Secret(const Secret&) = default;
  Secret(Secret&&) noexcept = default;
  Secret& operator=(const Secret&) = default;
  Secret& operator=(Secret&&) noexcept = default;
  ~Secret();

  [[nodiscard]] std::string_view reveal() const { return value_; }
  [[nodiscard]] bool empty() const { return value_.empty(); }

 private:
  std::string value_;
};

}  // namespace syncline
