#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/diag/diagnostic.h"
#include "compiler/parse/text_map.h"

namespace syncline::parse {

/// The tokens of a script without comments, by index, and where statements begin among them.
class StatementTokens {
 public:
  StatementTokens(const std::vector<antlr4::Token*>& all, const TextMap& map);

  [[nodiscard]] bool at_end(std::size_t at) const;
  /// EOF beyond the end.
  [[nodiscard]] std::size_t type(std::size_t at) const;
  [[nodiscard]] source::Span span(std::size_t at) const;
  [[nodiscard]] std::string_view text(std::size_t at) const;
  [[nodiscard]] const TextMap& map() const { return map_; }
  [[nodiscard]] std::size_t stream_index(std::size_t at) const;
  [[nodiscard]] std::size_t index_after(const antlr4::Token* token) const;
  [[nodiscard]] bool first_on_line(const source::Span& span) const;
  /// A statement surely begins here: first on its line, and its first words say so.
  [[nodiscard]] bool begins_statement(std::size_t at) const;
  /// After the `;` at or after `stuck`, or at the next sure beginning of a statement behind `begin`.
  [[nodiscard]] std::size_t next_statement(std::size_t begin, std::size_t stuck) const;
  /// Where the statement at `begin` ends at the latest: its `;`, or the end.
  [[nodiscard]] std::size_t end_of_statement(std::size_t begin) const;
  /// The name after the statement's keywords; empty when there is none.
  [[nodiscard]] std::string statement_name(std::size_t begin) const;

  /// SY0002 for a `$$` or `/*` that never ends; what follows it is its inside and is not read.
  void cut_at_open_block(diag::Sink& sink);
  [[nodiscard]] bool was_cut() const { return cut_; }

 private:
  [[nodiscard]] bool is_name(std::size_t at) const;
  [[nodiscard]] bool begins_by_words(std::size_t at) const;

  std::vector<antlr4::Token*> tokens_;  ///< without EOF
  const TextMap& map_;
  bool cut_ = false;
};

}  // namespace syncline::parse
