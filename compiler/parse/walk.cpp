#include "compiler/parse/walk.h"

#include <antlr4-runtime.h>

#include <algorithm>
#include <unordered_set>

#include "SyncParser.h"

namespace syncline::parse {

namespace {

constexpr std::uint32_t kNowhere = UINT32_MAX;
constexpr std::size_t kManyFrames = 100'000;

std::uint32_t number_of(const antlr4::atn::ATNState* state) {
  return static_cast<std::uint32_t>(state->stateNumber);
}

}  // namespace

/// The automaton in plain numbers: ANTLR's own classes answer by virtual calls and sets made anew.
struct Walk::Table {
  struct Free {  ///< a transition that takes no token
    std::uint32_t target;
    std::uint32_t follow = kNowhere;  ///< of a rule that begins; kNowhere: none does
    std::size_t rule = 0;
    int precedence = 0;   ///< of the rule, or the least one that is asked for
    bool ranked = false;  ///< passed only at `precedence` and below
  };
  struct Taking {
    std::uint32_t target;
    std::vector<std::size_t> types;
  };
  struct State {
    bool ends_rule = false;
    std::vector<Free> free;
    std::vector<Taking> taking;
    std::vector<std::size_t> types;  ///< of all `taking`
  };
  std::vector<State> states;
  std::uint32_t first = 0;

  explicit Table(const antlr4::atn::ATN& automaton) : states(automaton.states.size()) {
    first = number_of(automaton.ruleToStartState[grammar::SyncParser::RuleStatement]);
    for (const auto* state : automaton.states) {
      if (state != nullptr) add(*state);
    }
  }

  void add(const antlr4::atn::ATNState& state) {
    State& made = states[number_of(&state)];
    made.ends_rule = dynamic_cast<const antlr4::atn::RuleStopState*>(&state) != nullptr;
    if (made.ends_rule) return;
    for (const auto& transition : state.transitions) {
      const std::uint32_t target = number_of(transition->target);
      if (const auto* rule = dynamic_cast<const antlr4::atn::RuleTransition*>(&*transition)) {
        made.free.push_back({target, number_of(rule->followState), rule->ruleIndex, rule->precedence});
      } else if (const auto* ranked = dynamic_cast<const antlr4::atn::PrecedencePredicateTransition*>(&*transition)) {
        made.free.push_back({target, kNowhere, 0, ranked->precedence, true});
      } else if (transition->isEpsilon()) {
        made.free.push_back({target});
      } else {
        Taking taking{target, {}};
        for (const ssize_t type : transition->label().toList()) taking.types.push_back(static_cast<std::size_t>(type));
        made.types.insert(made.types.end(), taking.types.begin(), taking.types.end());
        made.taking.push_back(std::move(taking));
      }
    }
  }
};

const Walk::Table& Walk::table() const {
  static const Table only(automaton_);  // There is one grammar.
  return only;
}

void Walk::trim() {
  if (store_.size() < kManyFrames) return;
  closures_.clear();
  frames_.clear();
  store_.clear();
}

Walk::Position Walk::start() {
  return {{table().first, frame(kNowhere, nullptr, grammar::SyncParser::RuleStatement, 0)}};
}

Walk::Position Walk::after(const Position& from, std::size_t type) {
  Position next;
  for (const Config& config : from) {
    for (const Config& waits : closure(config)) {
      for (const Table::Taking& taking : table().states[waits.state].taking) {
        if (std::find(taking.types.begin(), taking.types.end(), type) == taking.types.end()) continue;
        const Config reached{taking.target, waits.frame};
        if (std::find(next.begin(), next.end(), reached) == next.end()) next.push_back(reached);
      }
    }
  }
  return next;
}

std::vector<Walk::Config> Walk::waiting(const Position& from) {
  std::vector<Config> all;
  std::unordered_set<Config, Hash> seen;
  for (const Config& config : from) {
    for (const Config& waits : closure(config)) {
      if (seen.insert(waits).second) all.push_back(waits);
    }
  }
  return all;
}

const std::vector<std::size_t>& Walk::awaited(const Config& config) const {
  return table().states[config.state].types;
}

const Walk::Frame* Walk::frame(std::uint32_t follow, const Frame* parent, std::size_t rule, int precedence) {
  auto& known = frames_[std::make_tuple(follow, parent, rule, precedence)];
  if (known == nullptr) known = &store_.emplace_back(Frame{follow, parent, rule, precedence});
  return known;
}

/// Everything reachable without a token, as far as it waits for one.
const std::vector<Walk::Config>& Walk::closure(const Config& from) {
  const auto [known, fresh] = closures_.try_emplace(from);
  std::vector<Config>& found = known->second;
  if (!fresh) return found;
  std::unordered_set<Config, Hash> seen;
  std::vector<Config> open = {from};
  while (!open.empty()) {
    const Config config = open.back();
    open.pop_back();
    if (!seen.insert(config).second) continue;
    const Table::State& state = table().states[config.state];
    if (state.ends_rule && config.frame->follow != kNowhere) open.push_back({config.frame->follow, config.frame->parent});
    for (const Table::Free& free : state.free) {
      if (free.follow != kNowhere) {
        open.push_back({free.target, frame(free.follow, config.frame, free.rule, free.precedence)});
      } else if (!free.ranked || free.precedence >= config.frame->precedence) {
        open.push_back({free.target, config.frame});
      }
    }
    if (!state.taking.empty()) found.push_back(config);
  }
  return found;
}

}  // namespace syncline::parse
