#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "compiler/catalog/lock.h"
#include "stdlib/base/text.h"

namespace syncline::catalog {
namespace {

using types::TableSchema;
using Change = LockChange::Kind;

std::string ticked(const std::string& text) {
  return "`" + text::printable(text) + "`";
}

std::string names_of(const std::vector<std::string>& names) {
  std::string out;
  for (const std::string& name : names) out += (out.empty() ? "" : ", ") + text::printable(name);
  return "(" + out + ")";
}

std::string estimate(std::int64_t number) {
  return number < 0 ? "unknown" : "about " + text::grouped(static_cast<std::uint64_t>(number));
}

std::string default_text(const types::ColumnDefault& value) {
  using Default = types::ColumnDefault::Kind;
  switch (value.kind) {
    case Default::none:
      return "no default";
    case Default::null:
      return "default NULL";
    case Default::literal:
      return "default '" + text::printable(value.text) + "'";
    case Default::current_timestamp:
      return "default: the time of the statement";
    case Default::current_date:
      return "default: the date of the statement";
    case Default::current_time:
      return "default: the time of day of the statement";
    case Default::native:
      return "default " + text::printable(value.text);
  }
  return {};
}

std::string index_text(const types::Index& index) {
  std::vector<std::string> columns;
  for (const types::IndexColumn& column : index.columns) {
    std::string text = column.name.empty() ? "an expression" : column.name;
    if (column.prefix_length > 0) text += fmt::format("[{}]", column.prefix_length);
    columns.push_back(text + (column.descending ? " desc" : ""));
  }
  std::string text = (index.unique ? "unique index " : "index ") + ticked(index.name) + " " + names_of(columns);
  if (!index.special.empty()) text += ", " + text::printable(index.special);
  return text;
}

std::string key_text(const types::ForeignKey& key) {
  static constexpr std::array<const char*, 5> kActions = {"", "restrict", "cascade", "set null", "set default"};
  std::string text = "foreign key " + ticked(key.name) + " " + names_of(key.columns) + " to " +
                     ticked(types::to_string(key.referenced)) + " " + names_of(key.referenced_columns);
  if (key.on_delete != types::ForeignKeyAction::no_action)
    text += fmt::format(", on delete {}", kActions[static_cast<std::size_t>(key.on_delete)]);
  if (key.on_update != types::ForeignKeyAction::no_action)
    text += fmt::format(", on update {}", kActions[static_cast<std::size_t>(key.on_update)]);
  if (key.deferrable) text += key.initially_deferred ? ", deferred" : ", deferrable";
  return text;
}

/// Facts of one kind by what tells them apart: what came, what went.
using Facts = std::multiset<std::string>;

class Differ {
 public:
  std::vector<LockChange> run(const Lock& before, const Lock& after) {
    head(before, after);
    std::map<types::ObjectName, const TableSchema*> old, now;
    for (const TableSchema& table : before.tables) old[table.name] = &table;
    for (const TableSchema& table : after.tables) now[table.name] = &table;
    std::map<types::ObjectName, const connectors::ListedObject*> old_names, now_names;
    for (const auto& one : before.names) old_names[one.name] = &one;
    for (const auto& one : after.names) now_names[one.name] = &one;
    for (const auto& [name, table] : old) {
      at(name);
      if (const auto kept = now.find(name); kept != now.end()) {
        compare(*table, *kept->second);
      } else {
        say(now_names.count(name) != 0 ? "now known by its name only" : "the table is gone");
      }
    }
    for (const auto& [name, table] : now) {
      at(name);
      if (old.count(name) == 0) say(fmt::format("the table is new ({} columns)", table->columns.size()));
    }
    names(old_names, now_names);
    return std::move(changes_);
  }

 private:
  void at(const types::ObjectName& name) { object_ = types::to_string(name); }
  void say(std::string what, Change kind = Change::drift) { changes_.push_back({object_, std::move(what), kind}); }
  template <class Value>
  void moved(const char* what, const Value& before, const Value& after, Change kind = Change::drift) {
    if (before != after) say(fmt::format("{} is {} now, was {}", what, after, before), kind);
  }
  void text_moved(const std::string& what, const std::string& before, const std::string& after) {
    if (before == after) return;
    const auto shown = [](const std::string& text) { return text.empty() ? std::string("none") : ticked(text); };
    say(fmt::format("{} is {} now, was {}", what, shown(after), shown(before)));
  }

  void head(const Lock& before, const Lock& after) {
    moved("the engine", before.engine, after.engine);
    moved("the server", before.server.product + " " + before.server.version, after.server.product + " " + after.server.version);
    moved("the time zone", before.timezone, after.timezone);
    text_moved("the collation of new text columns", before.server.text_collation, after.server.text_collation);
    if (before.server.table_case != after.server.table_case || before.server.column_case != after.server.column_case)
      say("letter case counts in other names than before");
    const auto texts = [](const Lock& lock) {
      std::set<std::string> all;
      for (const LockPattern& pattern : lock.patterns) all.insert(to_string(pattern));
      return all;
    };
    const std::set<std::string> old = texts(before), now = texts(after);
    for (const std::string& pattern : now)
      if (old.count(pattern) == 0) say("pattern " + ticked(pattern) + " is covered now", Change::pattern);
    for (const std::string& pattern : old)
      if (now.count(pattern) == 0) say("pattern " + ticked(pattern) + " is no longer covered", Change::pattern);
    const std::set<std::string> had(before.containers.begin(), before.containers.end());
    const std::set<std::string> has(after.containers.begin(), after.containers.end());
    for (const std::string& container : has)
      if (had.count(container) == 0) say("`" + text::printable(container) + "` exists now", Change::minor);
    for (const std::string& container : had)
      if (has.count(container) == 0) say("`" + text::printable(container) + "` is gone", Change::minor);
  }

  void compare(const TableSchema& before, const TableSchema& after) {
    columns(before, after);
    if (before.primary_key.columns != after.primary_key.columns) {
      moved("the primary key", names_of(before.primary_key.columns), names_of(after.primary_key.columns));
    } else if (before.primary_key.name != after.primary_key.name) {
      text_moved("the name of the primary key", before.primary_key.name, after.primary_key.name);
    }
    Facts old, now;
    for (const types::Index& index : before.indexes) old.insert(index_text(index));
    for (const types::Index& index : after.indexes) now.insert(index_text(index));
    for (const types::ForeignKey& key : before.foreign_keys) old.insert(key_text(key));
    for (const types::ForeignKey& key : after.foreign_keys) now.insert(key_text(key));
    for (const types::Dependent& one : before.dependents) old.insert(one.kind + " " + ticked(one.name));
    for (const types::Dependent& one : after.dependents) now.insert(one.kind + " " + ticked(one.name));
    for (const std::string& name : before.checks) old.insert("CHECK " + ticked(name));
    for (const std::string& name : after.checks) now.insert("CHECK " + ticked(name));
    came_and_went(old, now);
    text_moved("the comment", before.comment, after.comment);
    text_moved("the storage", before.storage, after.storage);
    text_moved("the table options", before.create_options, after.create_options);
    text_moved("the partitioning", types::to_string(before.native_partitions) + before.native_partitions.text,
               types::to_string(after.native_partitions) + after.native_partitions.text);
    moved("the number of rows", estimate(before.row_estimate), estimate(after.row_estimate), Change::minor);
    moved("the number of bytes", estimate(before.byte_estimate), estimate(after.byte_estimate), Change::minor);
  }

  void came_and_went(const Facts& old, const Facts& now) {
    for (const std::string& fact : now)
      if (old.count(fact) == 0) say(fact + " is new");
    for (const std::string& fact : old)
      if (now.count(fact) == 0) say(fact + " is gone");
  }

  void columns(const TableSchema& before, const TableSchema& after) {
    for (const types::Column& column : before.columns)
      if (after.find_column(column.name) == nullptr) say("column " + ticked(column.name) + " is gone");
    std::vector<std::string> old_order, now_order;
    for (const types::Column& column : after.columns) {
      const types::Column* was = before.find_column(column.name);
      if (was == nullptr) {
        say(fmt::format("column {} is new ({}{})", ticked(column.name), text::printable(column.native.text),
                        column.nullable ? "" : ", not null"));
      } else {
        compare(*was, column);
        now_order.push_back(column.name);
      }
    }
    for (const types::Column& column : before.columns)
      if (after.find_column(column.name) != nullptr) old_order.push_back(column.name);
    if (old_order != now_order) say("the columns stand in another order");
  }

  void compare(const types::Column& before, const types::Column& after) {
    const std::string name = "column " + ticked(after.name);
    const std::size_t count = changes_.size();
    text_moved("the type of " + name, before.native.text, after.native.text);
    if (before.nullable != after.nullable) say(name + (after.nullable ? " takes NULL now" : " is NOT NULL now"));
    if (!(before.default_value == after.default_value))
      say(fmt::format("{} has {} now, had {}", name, default_text(after.default_value), default_text(before.default_value)));
    if (before.auto_increment != after.auto_increment || before.identity_always != after.identity_always)
      say(name + (after.auto_increment ? " counts up by itself now" : " no longer counts up by itself"));
    if (before.generated != after.generated || before.generation != after.generation)
      say(name + (after.generated ? " is computed now, or otherwise than before" : " is no longer computed"));
    text_moved("the character set of " + name, before.charset, after.charset);
    text_moved("the collation of " + name, before.collation, after.collation);
    text_moved("the comment of " + name, before.comment, after.comment);
    const bool other = before.on_update_now != after.on_update_now || before.zerofill != after.zerofill ||
                       before.invisible != after.invisible || before.native.words != after.native.words ||
                       before.native.arguments != after.native.arguments;
    if (other && changes_.size() == count) say(name + " is declared otherwise than before");
  }

  template <class Names>
  void names(const Names& before, const Names& after) {
    for (const auto& [name, one] : after) {
      at(name);
      const auto old = before.find(name);
      if (old == before.end()) {
        say("its name is known now", Change::minor);
      } else if (old->second->readable != one->readable || old->second->kind != one->kind) {
        say(one->readable ? "it is another kind of object now, or readable again" : "it may no longer be read");
      }
    }
    for (const auto& [name, one] : before) {
      at(name);
      if (after.count(name) == 0) say("its name is not kept any more", Change::minor);
    }
  }

  std::string object_;
  std::vector<LockChange> changes_;
};

}  // namespace

std::vector<LockChange> differences(const Lock& before, const Lock& after) {
  return Differ().run(before, after);
}

std::string to_string(const LockChange& change) {
  return change.object.empty() ? change.what : text::printable(change.object) + ": " + change.what;
}

}  // namespace syncline::catalog
