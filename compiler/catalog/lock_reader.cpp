#include <algorithm>
#include <map>

#include "compiler/catalog/lock.h"
#include "compiler/catalog/lock_facts.h"
#include "compiler/catalog/lock_table_facts.h"
#include "compiler/catalog/lock_words.h"
#include "stdlib/base/text.h"

namespace syncline::catalog {
namespace {

class Reader {
 public:
  Reader(std::string_view text, Lock& lock, const WantedTables& wanted) : words_(text), lock_(lock), wanted_(wanted) {}

  void run() {
    header();
    while (!words_.at_end()) line();
    for (types::TableSchema& table : lock_.tables) sort_columns(table);
    const auto by_name = [](const auto& one, const auto& other) { return one.name < other.name; };
    if (!std::is_sorted(lock_.tables.begin(), lock_.tables.end(), by_name))
      std::sort(lock_.tables.begin(), lock_.tables.end(), by_name);
  }

 private:
  static void sort_columns(types::TableSchema& table) {
    const auto by_ordinal = [](const types::Column& one, const types::Column& other) { return one.ordinal < other.ordinal; };
    if (!std::is_sorted(table.columns.begin(), table.columns.end(), by_ordinal))
      std::stable_sort(table.columns.begin(), table.columns.end(), by_ordinal);
  }

  void header() {
    const std::string_view begin = words_.rest().substr(0, kLockHeader.size() + 1);
    if (begin.substr(0, kLockHeader.size()) != kLockHeader || (begin.size() > kLockHeader.size() && is_word_byte(begin.back()))) {
      const bool newer = words_.rest().substr(0, kLockFamily.size()) == kLockFamily;
      words_.line_ends();
      words_.fail(
          "a lock begins with `" + std::string(kLockHeader) + "`",
          newer ? "another version of Syncline wrote it: use that one, or `syncline catalog snapshot` with this one" : "");
    }
    words_.pass(kLockHeader.size());
    while (!words_.line_ends()) header_fact();
    words_.end_line();
    if (lock_.connection.empty() || lock_.engine.empty()) Words::fail_at(0, "the first line does not say connection and engine");
  }

  void header_fact() {
    const std::string_view key = words_.keyword();
    words_.expect('=');
    if (key == "connection") {
      lock_.connection = words_.word();
    } else if (key == "engine") {
      lock_.engine = words_.word();
    } else if (key == "product") {
      lock_.server.product = words_.word();
    } else if (key == "version") {
      lock_.server.version = words_.word();
    } else if (key == "tz") {
      lock_.timezone = words_.word();
    } else if (key == "table_case") {
      lock_.server.table_case = name_case();
    } else if (key == "column_case") {
      lock_.server.column_case = name_case();
    } else if (key == "patterns") {
      lock_.patterns_digest = words_.word();
    } else {
      words_.unknown(key, "the first line");
    }
  }

  connectors::NameCase name_case() {
    static constexpr std::array<std::string_view, 2> kWords = {"exact", "ignored"};
    return words_.one_of(kWords, "rule for letter case") == 0 ? connectors::NameCase::sensitive
                                                              : connectors::NameCase::insensitive;
  }

  void line() {
    if (words_.line_ends()) return words_.end_line();
    const char first = words_.rest().front();
    if (first == '#') return words_.skip_line();
    if (first == '<' || first == '>' || first == '=')
      words_.fail("a merge conflict is left here", "take either side of it, then run `syncline catalog snapshot`");
    const std::string_view kind = words_.keyword();
    if (passed_over(kind)) return words_.skip_line();
    if (is_table_fact(kind)) {
      types::TableSchema& owner = owner_of();
      read_table_fact(kind, words_, owner);
    } else if (kind == "table") {
      table();
    } else {
      other(kind);
    }
    words_.end_line();
  }

  /// True for a fact of the table whose line was the last one, when nobody wants that table.
  bool passed_over(std::string_view kind) {
    const bool of_table = kind == "column" || kind == "index" || kind == "primary_key" || kind == "foreign_key" ||
                          kind == "check" || kind == "dependent" || kind == "partitions";
    if (unwanted_.empty() || !of_table || words_.line_ends()) return false;
    const std::string_view rest = words_.rest();
    return rest.size() > unwanted_.size() && rest[unwanted_.size()] == ' ' && rest.substr(0, unwanted_.size()) == unwanted_;
  }

  void other(std::string_view kind) {
    if (kind == "name") {
      name();
    } else if (kind == "pattern") {
      pattern();
    } else if (kind == "container") {
      lock_.containers.push_back(words_.next_word());
    } else if (kind == "server") {
      server();
    } else {
      words_.fail("`" + text::printable(kind) + "` is no kind of fact");
    }
  }

  void server() {
    while (!words_.line_ends()) {
      const std::string_view key = words_.keyword();
      if (key == "text_collation") {
        lock_.server.text_collation = words_.value();
      } else if (key == "no_large_literal_defaults") {
        lock_.server.large_literal_defaults = false;
      } else if (key == "snapshot_age_hidden") {
        lock_.server.snapshot_age_visible = false;
      } else {
        words_.unknown(key, "a `server` line");
      }
    }
  }

  void pattern() {
    LockPattern pattern;
    words_.line_ends();
    do {
      LockSegment segment;
      if (words_.takes('~')) {
        segment = {LockSegment::Kind::regex, words_.quoted()};
      } else if (!words_.takes('*')) {
        segment = {LockSegment::Kind::exact, words_.next_word()};
      }
      pattern.push_back(std::move(segment));
    } while (words_.takes('.'));
    lock_.patterns.push_back(std::move(pattern));
  }

  void name() {
    connectors::ListedObject one;
    one.name = words_.object();
    one.kind = static_cast<connectors::ObjectKind>(words_.one_of(kObjectWords, "kind of object"));
    if (!words_.line_ends()) {
      if (words_.keyword() != "unreadable") words_.fail("only `unreadable` may stand here");
      one.readable = false;
    }
    lock_.names.push_back(std::move(one));
  }

  void table() {
    words_.line_ends();
    const std::size_t begin = words_.offset();
    types::TableSchema made;
    const std::string_view written = words_.rest();
    made.name = words_.object();
    const bool unwanted = wanted_ && !wanted_(made.name, lock_.server);
    unwanted_ = unwanted ? written.substr(0, words_.offset() - begin) : std::string_view();
    const auto [known, fresh] = tables_.emplace(made.name, lock_.tables.size());
    if (!fresh) Words::fail_at(begin, "table `" + text::printable(types::to_string(made.name)) + "` stands here twice");
    while (!words_.line_ends()) {
      const std::string_view key = words_.keyword();
      if (key == "rows") {
        made.row_estimate = power_value();
      } else if (key == "bytes") {
        made.byte_estimate = power_value();
      } else if (key == "storage") {
        made.storage = words_.value();
      } else if (key == "options") {
        made.create_options = words_.value();
      } else if (key == "comment") {
        made.comment = words_.value();
      } else {
        words_.unknown(key, "a `table` line");
      }
    }
    current_ = lock_.tables.size();
    lock_.tables.push_back(std::move(made));
  }

  std::int64_t power_value() {
    words_.expect('=');
    return words_.power();
  }

  /// The table that this line speaks of; its own line stands further up.
  types::TableSchema& owner_of() {
    words_.line_ends();
    const std::size_t begin = words_.offset();
    const types::ObjectName name = words_.object();
    if (current_ < lock_.tables.size() && lock_.tables[current_].name == name) return lock_.tables[current_];
    const auto found = tables_.find(name);
    if (found == tables_.end())
      Words::fail_at(begin, "there is no `table` line for `" + text::printable(types::to_string(name)) + "` above this one");
    current_ = found->second;
    return lock_.tables[current_];
  }

  Words words_;
  Lock& lock_;
  const WantedTables& wanted_;
  std::string_view unwanted_;  ///< name, as written, of the last table when nobody wants it; empty: it is wanted
  std::map<types::ObjectName, std::size_t> tables_;
  std::size_t current_ = SIZE_MAX;  ///< index of the table that the last fact spoke of: the next one mostly does too
};

}  // namespace

std::optional<LockProblem> read_lock(std::string_view text, Lock& into, const WantedTables& wanted) {
  into = {};
  try {
    Reader(text, into, wanted).run();
  } catch (LockProblem& problem) {
    return std::move(problem);
  }
  return std::nullopt;
}

}  // namespace syncline::catalog
