#include "connectors/sql/lists.h"

#include "connectors/sql/condition_writer.h"

namespace syncline::connectors::sql {

std::string join(const std::vector<std::string>& items, std::string_view separator) {
  std::string out;
  for (const auto& item : items) {
    if (!out.empty() || &item != items.data()) out += separator;
    out += item;
  }
  return out;
}

std::string column_list(const Dialect& dialect, const std::vector<std::string>& names, std::string_view separator) {
  std::vector<std::string> quoted_names;
  quoted_names.reserve(names.size());
  for (const auto& name : names) quoted_names.push_back(dialect.quote(std::string_view(name)));
  return join(quoted_names, separator);
}

std::string column_list(const Dialect& dialect, const std::vector<types::Column>& columns) {
  return column_list(dialect, names_of(columns));
}

std::vector<std::string> names_of(const std::vector<types::Column>& columns) {
  std::vector<std::string> names;
  names.reserve(columns.size());
  for (const auto& column : columns) names.push_back(column.name);
  return names;
}

std::vector<std::string> load_column_names(const LoadTable& table) {
  std::vector<std::string> names;
  names.reserve(table.load_columns.size());
  for (const int index : table.load_columns) names.push_back(table.desired.columns.at(static_cast<std::size_t>(index)).name);
  return names;
}

std::string placeholders(std::size_t count) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) out += i == 0 ? "?" : ", ?";
  return out;
}

std::string quoted(std::string_view text, char quote) {
  std::string out(1, quote);
  out.reserve(text.size() + 2);
  for (const char c : text) {
    if (c == quote) out += quote;
    out += c;
  }
  out += quote;
  return out;
}

std::string hex(std::string_view bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (const char c : bytes) {
    text += kDigits[static_cast<unsigned char>(c) >> 4U];
    text += kDigits[static_cast<unsigned char>(c) & 15U];
  }
  return text;
}

SqlText keyset_after(const std::vector<std::string>& columns, const std::vector<SqlText>& values) {
  SqlText out;
  for (std::size_t last = 0; last < columns.size(); ++last) {
    out.text += last == 0 ? "(" : " OR (";
    for (std::size_t i = 0; i <= last; ++i) {
      if (i > 0) out.text += " AND ";
      out.text += columns[i] + (i == last ? " > " : " = ") + values[i].text;
      out.binds.insert(out.binds.end(), values[i].binds.begin(), values[i].binds.end());
    }
    out.text += ")";
  }
  return out;
}

}  // namespace syncline::connectors::sql
