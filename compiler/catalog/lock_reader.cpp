#include <algorithm>
#include <unordered_map>

#include "compiler/catalog/lock.h"
#include "compiler/catalog/lock_facts.h"
#include "compiler/catalog/lock_table_facts.h"
#include "compiler/catalog/lock_words.h"
#include "stdlib/base/text.h"

namespace syncline::catalog {
namespace {

constexpr std::size_t kUnread = SIZE_MAX;
constexpr std::size_t kLongestKind = 11;  ///< "primary_key"

struct NameHash {
  std::size_t operator()(const types::ObjectName& name) const {
    return std::hash<std::string>()(name.container) * 31 + std::hash<std::string>()(name.table);
  }
};

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
    if (!std::is_sorted(lock_.unread.begin(), lock_.unread.end())) std::sort(lock_.unread.begin(), lock_.unread.end());
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
    if (passed_over()) return words_.skip_line();
    if (words_.line_ends()) return words_.end_line();
    const char first = words_.rest().front();
    if (first == '#') return words_.skip_line();
    if (first == '<' || first == '>' || first == '=')
      words_.fail("a merge conflict is left here", "take either side of it, then run `syncline catalog snapshot`");
    const std::string_view kind = words_.keyword();
    if (is_table_fact(kind)) {
      types::TableSchema* owner = owner_of();
      if (owner == nullptr) return words_.skip_line();
      read_table_fact(kind, words_, *owner);
    } else if (kind == "table") {
      table();
    } else {
      other(kind);
    }
    words_.end_line();
  }

  /// True for a fact of the table whose line was the last one, when nobody wants that table. Most lines of a large lock are such.
  bool passed_over() {
    if (unwanted_.empty()) return false;
    const std::string_view line = words_.rest();
    const std::size_t kind = line.substr(0, kLongestKind + 1).find(' ');
    if (kind == std::string_view::npos) return false;
    const std::string_view rest = line.substr(kind + 1, unwanted_.size() + 1);
    return rest.size() > unwanted_.size() && rest.back() == ' ' && rest.substr(0, unwanted_.size()) == unwanted_ &&
           is_table_fact(line.substr(0, kind));
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
    const std::string_view written = words_.rest();
    types::ObjectName name = words_.object();
    const bool unwanted = wanted_ && !wanted_(name, lock_.server);
    unwanted_ = unwanted ? written.substr(0, words_.offset() - begin) : std::string_view();
    if (!tables_.emplace(name, unwanted ? kUnread : lock_.tables.size()).second)
      Words::fail_at(begin, "table `" + text::printable(types::to_string(name)) + "` stands here twice");
    current_ = unwanted ? kUnread : lock_.tables.size();
    if (unwanted) {
      lock_.unread.push_back(std::move(name));
      return table_facts(unread_);
    }
    types::TableSchema made;
    made.name = std::move(name);
    table_facts(made);
    lock_.tables.push_back(std::move(made));
  }

  void table_facts(types::TableSchema& made) {
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
  }

  std::int64_t power_value() {
    words_.expect('=');
    return words_.power();
  }

  /// The table that this line speaks of; its own line stands further up. Null: nobody wants it.
  types::TableSchema* owner_of() {
    words_.line_ends();
    const std::size_t begin = words_.offset();
    const types::ObjectName name = words_.object();
    if (current_ < lock_.tables.size() && lock_.tables[current_].name == name) return &lock_.tables[current_];
    const auto found = tables_.find(name);
    if (found == tables_.end())
      Words::fail_at(begin, "there is no `table` line for `" + text::printable(types::to_string(name)) + "` above this one");
    current_ = found->second;
    return current_ == kUnread ? nullptr : &lock_.tables[current_];
  }

  Words words_;
  Lock& lock_;
  const WantedTables& wanted_;
  std::string_view unwanted_;  ///< name, as written, of the last table when nobody wants it; empty: it is wanted
  std::unordered_map<types::ObjectName, std::size_t, NameHash> tables_;  ///< index in Lock::tables, or kUnread
  types::TableSchema unread_;                                            ///< takes what nobody wants
  std::size_t current_ = kUnread;  ///< the table that the last fact spoke of: the next one mostly does too
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
