#include "compiler/catalog/lock_table_facts.h"

#include <algorithm>
#include <array>

namespace syncline::catalog {
namespace {

using types::ColumnDefault;

constexpr std::array<std::string_view, 7> kTableFacts = {"column",     "index", "primary_key", "foreign_key",
                                                         "partitions", "check", "dependent"};

class TableFact {
 public:
  TableFact(Words& words, types::TableSchema& owner) : words_(words), owner_(owner) {}

  void read(std::string_view kind) {
    if (kind == "column") return column();
    if (kind == "index") return index();
    if (kind == "foreign_key") return foreign_key();
    if (kind == "partitions") return partitions();
    if (kind == "check") return owner_.checks.push_back(words_.next_word());
    if (kind == "primary_key") {
      owner_.primary_key.name = words_.next_word();
      owner_.primary_key.columns = words_.list();
    } else {
      const std::string what = words_.next_word();
      owner_.dependents.push_back({what, words_.next_word()});
    }
  }

 private:
  void column() {
    types::Column made;
    words_.line_ends();
    const std::size_t begin = words_.offset();
    made.ordinal = static_cast<int>(words_.number());
    for (const types::Column& other : owner_.columns)
      if (other.ordinal == made.ordinal)
        Words::fail_at(begin, "column " + std::to_string(made.ordinal) + " of this table stands here twice");
    made.name = words_.next_word();
    words_.line_ends();
    made.native = split_native(words_.quoted());
    while (!words_.line_ends()) column_fact(made, words_.keyword());
    owner_.columns.push_back(std::move(made));
  }

  void column_fact(types::Column& made, std::string_view key) {
    if (key == "not_null") {
      made.nullable = false;
    } else if (key.substr(0, 7) == "default") {
      default_value(made.default_value, key);
    } else if (key == "auto_increment") {
      made.auto_increment = true;
    } else if (key == "charset") {
      made.charset = words_.value();
    } else if (key == "collation") {
      made.collation = words_.value();
    } else if (key == "comment") {
      made.comment = words_.value();
    } else if (key == "words") {
      made.native.words = words_.value();
    } else if (key == "arguments") {
      words_.expect('=');
      made.native.arguments = words_.list();
    } else if (key == "generated") {
      made.generated = true;
      made.generation = words_.value();
    } else if (key == "identity_always") {
      made.identity_always = true;
    } else if (key == "on_update_now") {
      made.on_update_now = true;
    } else if (key == "zerofill") {
      made.zerofill = true;
    } else if (key == "invisible") {
      made.invisible = true;
    } else {
      words_.unknown(key, "a `column` line");
    }
  }

  void default_value(ColumnDefault& made, std::string_view key) {
    using Kind = ColumnDefault::Kind;
    if (key == "default" || key == "default_sql") {
      made = {key == "default" ? Kind::literal : Kind::native, words_.value(), -1};
      return;
    }
    if (key == "default_null") {
      made.kind = Kind::null;
    } else if (key == "default_now") {
      made.kind = Kind::current_timestamp;
    } else if (key == "default_today") {
      made.kind = Kind::current_date;
    } else if (key == "default_time") {
      made.kind = Kind::current_time;
    } else {
      words_.unknown(key, "a `column` line");
    }
    if (words_.takes('=')) made.scale = static_cast<int>(words_.number());
  }

  void index() {
    types::Index made;
    made.name = words_.next_word();
    words_.expect('(');
    words_.line_ends();
    if (!words_.takes(')')) index_columns(made);
    while (!words_.line_ends()) {
      const std::string_view key = words_.keyword();
      if (key == "unique") {
        made.unique = true;
      } else if (key == "constraint") {
        made.constraint = true;
      } else if (key == "nulls_not_distinct") {
        made.nulls_not_distinct = true;
      } else if (key == "method") {
        made.method = words_.value();
      } else if (key == "special") {
        made.special = words_.value();
      } else if (key == "definition") {
        made.definition = words_.value();
      } else if (key == "comment") {
        made.comment = words_.value();
      } else {
        words_.unknown(key, "an `index` line");
      }
    }
    owner_.indexes.push_back(std::move(made));
  }

  void index_columns(types::Index& made) {
    do {
      types::IndexColumn column;
      column.name = words_.next_word();
      words_.line_ends();
      if (words_.rest().substr(0, 4) == "desc") {
        words_.keyword();
        column.descending = true;
        words_.line_ends();
      }
      if (!words_.at_end() && words_.rest().front() >= '0' && words_.rest().front() <= '9')
        column.prefix_length = static_cast<int>(words_.number());
      words_.line_ends();
      made.columns.push_back(std::move(column));
    } while (words_.takes(','));
    words_.expect(')');
  }

  void foreign_key() {
    types::ForeignKey made;
    made.name = words_.next_word();
    made.columns = words_.list();
    if (words_.keyword() != "references") words_.fail("`references` should stand here");
    made.referenced = words_.object();
    made.referenced_columns = words_.list();
    while (!words_.line_ends()) {
      const std::string_view key = words_.keyword();
      if (key == "on_delete") {
        made.on_delete = action();
      } else if (key == "on_update") {
        made.on_update = action();
      } else if (key == "deferrable") {
        made.deferrable = true;
      } else if (key == "deferred") {
        made.initially_deferred = true;
      } else {
        words_.unknown(key, "a `foreign_key` line");
      }
    }
    owner_.foreign_keys.push_back(std::move(made));
  }

  types::ForeignKeyAction action() {
    words_.expect('=');
    return static_cast<types::ForeignKeyAction>(words_.one_of(kActionWords, "action of a foreign key"));
  }

  void partitions() {
    types::NativePartitions& made = owner_.native_partitions;
    made.kind = static_cast<types::NativePartitions::Kind>(words_.one_of(kPartitionWords, "kind of partitions"));
    made.columns = words_.list();
    while (!words_.line_ends()) {
      const std::string_view key = words_.keyword();
      if (key == "every") {
        words_.expect('=');
        made.every = words_.number();
      } else if (key == "unit") {
        words_.expect('=');
        made.unit = static_cast<types::NativePartitions::Unit>(words_.one_of(kUnitWords, "unit"));
      } else if (key == "text") {
        made.text = words_.value();
      } else {
        words_.unknown(key, "a `partitions` line");
      }
    }
  }

  Words& words_;
  types::TableSchema& owner_;
};

}  // namespace

bool is_table_fact(std::string_view kind) {
  return std::find(kTableFacts.begin(), kTableFacts.end(), kind) != kTableFacts.end();
}

void read_table_fact(std::string_view kind, Words& words, types::TableSchema& owner) {
  TableFact(words, owner).read(kind);
}

types::NativeType split_native(const std::string& text) {
  types::NativeType native;
  native.text = text;
  const std::size_t open = text.find('(');
  const std::size_t close = text.rfind(')');
  if (open == std::string::npos || close == std::string::npos || close < open) {
    native.words = text;
    return native;
  }
  native.words = text.substr(0, open) + text.substr(close + 1);
  bool quoted = false;
  std::string argument;
  for (std::size_t i = open + 1; i < close; ++i) {
    if (text[i] == '\'') quoted = !quoted;
    if (text[i] == ',' && !quoted) {
      native.arguments.push_back(std::move(argument));
      argument.clear();
    } else {
      argument += text[i];
    }
  }
  native.arguments.push_back(std::move(argument));
  return native;
}

}  // namespace syncline::catalog
