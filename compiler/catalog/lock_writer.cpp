#include <fmt/format.h>

#include <algorithm>

#include "compiler/catalog/lock.h"
#include "compiler/catalog/lock_facts.h"
#include "stdlib/base/hash.h"
#include "stdlib/base/text.h"

namespace syncline::catalog {
namespace {

using types::ColumnDefault;

/// Characters that end a line for some reader, turn the direction of text, or are no characters at all.
bool shows_plainly(const std::string& text) {
  return text::valid_utf8(text) && text::printable(text) == text && text.find("\xE2\x80\xA8") == std::string::npos &&
         text.find("\xE2\x80\xA9") == std::string::npos;
}

std::string quoted(const std::string& text) {
  const bool plain = shows_plainly(text);
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else if (byte < 0x20 || byte == 0x7F || (byte >= 0x80 && !plain)) {
      out += fmt::format("\\x{:02x}", byte);
    } else {
      out += c;
    }
  }
  return out + "\"";
}

std::string word(const std::string& text) {
  const bool bare = !text.empty() && std::all_of(text.begin(), text.end(), is_word_byte) && shows_plainly(text);
  return bare ? text : quoted(text);
}

std::string object(const types::ObjectName& name) {
  return name.container.empty() ? word(name.table) : word(name.container) + "." + word(name.table);
}

std::string list(const std::vector<std::string>& names) {
  std::string out;
  for (const std::string& name : names) out += (out.empty() ? "" : ", ") + word(name);
  return "(" + out + ")";
}

/// One line; parts are set apart by one blank.
class Line {
 public:
  explicit Line(std::string_view kind) : text_(kind) {}
  Line& add(std::string_view part) {
    text_ += ' ';
    text_ += part;
    return *this;
  }
  Line& flag(bool holds, std::string_view name) { return holds ? add(name) : *this; }
  Line& attribute(std::string_view key, const std::string& value) {
    return value.empty() ? *this : add(std::string(key) + "=" + word(value));
  }
  Line& power(std::string_view key, std::int64_t number) {
    if (number < 0) return *this;
    const std::string digits = std::to_string(number);
    const bool power = digits.size() > 1 && digits.find_first_not_of('0', 1) == std::string::npos;
    return add(fmt::format("{}={}", key, power ? fmt::format("{}e{}", digits.front(), digits.size() - 1) : digits));
  }
  [[nodiscard]] std::string end() const { return text_ + "\n"; }

 private:
  std::string text_;
};

std::string default_of(const ColumnDefault& value) {
  const std::string scale = value.scale >= 0 ? "=" + std::to_string(value.scale) : "";
  switch (value.kind) {
    case ColumnDefault::Kind::none:
      return {};
    case ColumnDefault::Kind::null:
      return "default_null";
    case ColumnDefault::Kind::literal:
      return "default=" + quoted(value.text);
    case ColumnDefault::Kind::current_timestamp:
      return "default_now" + scale;
    case ColumnDefault::Kind::current_date:
      return "default_today" + scale;
    case ColumnDefault::Kind::current_time:
      return "default_time" + scale;
    case ColumnDefault::Kind::native:
      return "default_sql=" + quoted(value.text);
  }
  return {};
}

std::string column_line(const std::string& table, const types::Column& column) {
  Line line("column");
  line.add(table).add(std::to_string(column.ordinal)).add(word(column.name)).add(quoted(column.native.text));
  const types::NativeType split = split_native(column.native.text);
  if (split.words != column.native.words || split.arguments != column.native.arguments)
    line.add("words=" + quoted(column.native.words)).add("arguments=" + list(column.native.arguments));
  line.flag(!column.nullable, "not_null");
  if (const std::string value = default_of(column.default_value); !value.empty()) line.add(value);
  line.flag(column.auto_increment, "auto_increment").flag(column.identity_always, "identity_always");
  if (column.generated) line.add("generated=" + quoted(column.generation));
  line.flag(column.on_update_now, "on_update_now").flag(column.zerofill, "zerofill").flag(column.invisible, "invisible");
  line.attribute("charset", column.charset).attribute("collation", column.collation).attribute("comment", column.comment);
  return line.end();
}

std::string index_columns(const types::Index& index) {
  std::string out;
  for (const types::IndexColumn& column : index.columns) {
    out += (out.empty() ? "" : ", ") + word(column.name);
    if (column.descending) out += " desc";
    if (column.prefix_length > 0) out += " " + std::to_string(column.prefix_length);
  }
  return "(" + out + ")";
}

std::string index_line(const std::string& table, const types::Index& index) {
  Line line("index");
  line.add(table).add(word(index.name)).add(index_columns(index));
  line.flag(index.unique, "unique").flag(index.constraint, "constraint").attribute("method", index.method);
  line.attribute("special", index.special).attribute("definition", index.definition);
  line.flag(index.nulls_not_distinct, "nulls_not_distinct").attribute("comment", index.comment);
  return line.end();
}

std::string foreign_key_line(const std::string& table, const types::ForeignKey& key) {
  Line line("foreign_key");
  line.add(table).add(word(key.name)).add(list(key.columns)).add("references").add(object(key.referenced));
  line.add(list(key.referenced_columns));
  const auto action = [&](const char* name, types::ForeignKeyAction what) {
    if (what == types::ForeignKeyAction::no_action) return;
    line.add(fmt::format("{}={}", name, kActionWords[static_cast<std::size_t>(what)]));
  };
  action("on_delete", key.on_delete);
  action("on_update", key.on_update);
  line.flag(key.deferrable, "deferrable").flag(key.initially_deferred, "deferred");
  return line.end();
}

std::string partitions_line(const std::string& table, const types::NativePartitions& partitions) {
  Line line("partitions");
  line.add(table).add(kPartitionWords[static_cast<std::size_t>(partitions.kind)]).add(list(partitions.columns));
  line.add(fmt::format("every={}", partitions.every));
  line.add(fmt::format("unit={}", kUnitWords[static_cast<std::size_t>(partitions.unit)])).attribute("text", partitions.text);
  return line.end();
}

/// Lines of one kind stand in the order of their text; columns in theirs.
void add_sorted(std::vector<std::string> lines, std::string& out) {
  std::sort(lines.begin(), lines.end());
  for (const std::string& line : lines) out += line;
}

void add_table(const types::TableSchema& schema, std::string& out) {
  const std::string table = object(schema.name);
  Line head("table");
  head.add(table).power("rows", schema.row_estimate).power("bytes", schema.byte_estimate);
  head.attribute("storage", schema.storage).attribute("options", schema.create_options).attribute("comment", schema.comment);
  out += head.end();
  std::vector<types::Column> columns = schema.columns;
  std::stable_sort(columns.begin(), columns.end(),
                   [](const auto& one, const auto& other) { return one.ordinal < other.ordinal; });
  for (const types::Column& column : columns) out += column_line(table, column);
  if (!schema.primary_key.columns.empty())
    out += Line("primary_key").add(table).add(word(schema.primary_key.name)).add(list(schema.primary_key.columns)).end();
  std::vector<std::string> lines;
  for (const types::Index& index : schema.indexes) lines.push_back(index_line(table, index));
  for (const types::ForeignKey& key : schema.foreign_keys) lines.push_back(foreign_key_line(table, key));
  for (const std::string& name : schema.checks) lines.push_back(Line("check").add(table).add(word(name)).end());
  for (const types::Dependent& one : schema.dependents)
    lines.push_back(Line("dependent").add(table).add(word(one.kind)).add(word(one.name)).end());
  if (schema.native_partitions.kind != types::NativePartitions::Kind::none)
    lines.push_back(partitions_line(table, schema.native_partitions));
  add_sorted(std::move(lines), out);
}

std::string segment_text(const LockSegment& segment) {
  if (segment.kind == LockSegment::Kind::any) return "*";
  return segment.kind == LockSegment::Kind::regex ? "~" + quoted(segment.text) : word(segment.text);
}

std::vector<std::string> pattern_lines(const std::vector<LockPattern>& patterns) {
  std::vector<std::string> lines;
  for (const LockPattern& pattern : patterns) {
    std::string text;
    for (const LockSegment& segment : pattern) text += (text.empty() ? "" : ".") + segment_text(segment);
    lines.push_back("pattern " + text + "\n");
  }
  std::sort(lines.begin(), lines.end());
  lines.erase(std::unique(lines.begin(), lines.end()), lines.end());
  return lines;
}

std::string case_word(connectors::NameCase rule) {
  return rule == connectors::NameCase::sensitive ? "exact" : "ignored";
}

void add_head(const Lock& lock, std::string& out) {
  const std::string digest = lock.patterns_digest.empty() ? digest_of(lock.patterns) : lock.patterns_digest;
  Line head(kLockHeader);
  head.add("connection=" + word(lock.connection)).add("engine=" + word(lock.engine));
  head.add("product=" + word(lock.server.product)).add("version=" + word(lock.server.version));
  head.add("tz=" + word(lock.timezone)).add("table_case=" + case_word(lock.server.table_case));
  head.add("column_case=" + case_word(lock.server.column_case)).add("patterns=" + digest);
  out += head.end();
  Line server("server");
  server.attribute("text_collation", lock.server.text_collation);
  server.flag(!lock.server.large_literal_defaults, "no_large_literal_defaults");
  server.flag(!lock.server.snapshot_age_visible, "snapshot_age_hidden");
  if (server.end() != "server\n") out += server.end();
}

std::string name_line(const connectors::ListedObject& one) {
  Line line("name");
  line.add(object(one.name)).add(kObjectWords[static_cast<std::size_t>(one.kind)]).flag(!one.readable, "unreadable");
  return line.end();
}

}  // namespace

std::string to_string(const LockPattern& pattern) {
  std::string text;
  for (const LockSegment& segment : pattern) {
    std::string part = segment.kind == LockSegment::Kind::any ? "*" : segment.text;
    if (segment.kind == LockSegment::Kind::regex) part = "~'" + segment.text + "'";
    text += (text.empty() ? "" : ".") + part;
  }
  return text;
}

std::string digest_of(const std::vector<LockPattern>& patterns) {
  std::string text;
  for (const std::string& line : pattern_lines(patterns)) text += line;
  return hash::fast_hex(text);
}

std::int64_t rounded(std::int64_t number, std::int64_t before) {
  constexpr std::int64_t kFar = 6;
  if (number <= 0) return number;
  if (before > 0 && number / kFar < before && before / kFar < number) return before;
  std::int64_t power = 1;
  while (power <= number / 10) power *= 10;
  return number >= power * 3 ? power * 10 : power;
}

std::string to_text(const Lock& lock) {
  std::string out;
  add_head(lock, out);
  for (const std::string& line : pattern_lines(lock.patterns)) out += line;
  std::vector<std::string> lines;
  for (const std::string& container : lock.containers) lines.push_back(Line("container").add(word(container)).end());
  for (const connectors::ListedObject& one : lock.names) lines.push_back(name_line(one));
  add_sorted(std::move(lines), out);
  std::vector<const types::TableSchema*> tables;
  for (const types::TableSchema& schema : lock.tables) tables.push_back(&schema);
  std::sort(tables.begin(), tables.end(), [](const auto* one, const auto* other) { return one->name < other->name; });
  for (const types::TableSchema* schema : tables) add_table(*schema, out);
  return out;
}

}  // namespace syncline::catalog
