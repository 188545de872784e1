#pragma once
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <tuple>
#include <unordered_map>
#include <vector>

namespace antlr4::atn {
class ATN;
}

namespace syncline::parse {

/// Walks the grammar's automaton (ATN) token by token, from the beginning of a statement. Exact, whatever the parser predicts;
/// made for statements that do not parse. Not for several threads.
class Walk {
 public:
  /// One open rule: where it goes on when it ends.
  struct Frame {
    std::uint32_t follow;
    const Frame* parent;  ///< null: the statement itself
    std::size_t rule;
    int precedence;
  };
  struct Config {
    std::uint32_t state;
    const Frame* frame;
    bool operator==(const Config&) const = default;
  };
  /// Every way that the tokens so far can be read. Empty: they cannot.
  using Position = std::vector<Config>;

  /// Costs nothing until it is asked.
  explicit Walk(const antlr4::atn::ATN& automaton) : automaton_(automaton) {}
  Walk(const Walk&) = delete;
  Walk& operator=(const Walk&) = delete;
  ~Walk() = default;

  /// Forgets what it has found out, when that is much. Positions made before are good no more.
  void trim();
  [[nodiscard]] Position start();
  /// Behind one more token; empty when no way goes on with it.
  [[nodiscard]] Position after(const Position& from, std::size_t type);
  /// The states in which some token is awaited.
  [[nodiscard]] std::vector<Config> waiting(const Position& from);
  /// The token types that a state of `waiting` takes.
  [[nodiscard]] const std::vector<std::size_t>& awaited(const Config& config) const;

 private:
  struct Table;
  struct Hash {
    std::size_t operator()(const Config& config) const { return std::hash<const void*>()(config.frame) * 31 + config.state; }
  };

  [[nodiscard]] const Table& table() const;
  const Frame* frame(std::uint32_t follow, const Frame* parent, std::size_t rule, int precedence);
  const std::vector<Config>& closure(const Config& from);

  const antlr4::atn::ATN& automaton_;
  std::deque<Frame> store_;
  std::map<std::tuple<std::uint32_t, const Frame*, std::size_t, int>, const Frame*> frames_;
  std::unordered_map<Config, std::vector<Config>, Hash> closures_;
};

}  // namespace syncline::parse
