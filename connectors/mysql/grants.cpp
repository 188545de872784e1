#include "connectors/mysql/grants.h"

#include "stdlib/base/text.h"

namespace syncline::connectors::mysql {
namespace {

/// Reads `name` or a bare word (`*`) at `at`; leaves `at` behind it.
std::string read_name(std::string_view line, std::size_t& at) {
  std::string name;
  if (at < line.size() && line[at] == '`') {
    for (++at; at < line.size(); ++at) {
      if (line[at] == '`' && (at + 1 >= line.size() || line[at + 1] != '`')) break;
      if (line[at] == '`') ++at;
      name += line[at];
    }
    ++at;
    return name;
  }
  while (at < line.size() && line[at] != '.' && line[at] != ' ') name += line[at++];
  return name;
}

/// `SELECT, INSERT (a, b), CREATE TEMPORARY TABLES` -> rights in upper case; rights on single columns do not count.
std::set<std::string> read_rights(std::string_view text) {
  std::set<std::string> rights;
  std::string right;
  int depth = 0;
  bool columns_only = false;
  const auto finish = [&] {
    while (!right.empty() && right.back() == ' ') right.pop_back();
    if (!right.empty() && !columns_only) rights.insert(right);
    right.clear();
    columns_only = false;
  };
  for (const char c : text) {
    if (c == '(') {
      ++depth;
      columns_only = true;
    } else if (c == ')') {
      --depth;
    } else if (c == ',' && depth == 0) {
      finish();
    } else if (depth == 0 && !(right.empty() && c == ' ')) {
      right += c;
    }
  }
  finish();
  return rights;
}

}  // namespace

bool matches_pattern(std::string_view text, std::string_view pattern) {
  if (pattern.empty()) return text.empty();
  if (pattern[0] == '%') {
    for (std::size_t skip = 0; skip <= text.size(); ++skip) {
      if (matches_pattern(text.substr(skip), pattern.substr(1))) return true;
    }
    return false;
  }
  if (text.empty()) return false;
  if (pattern[0] == '_') return matches_pattern(text.substr(1), pattern.substr(1));
  if (pattern[0] == '\\' && pattern.size() > 1) pattern.remove_prefix(1);
  return text::ascii_iequals(text.substr(0, 1), pattern.substr(0, 1)) && matches_pattern(text.substr(1), pattern.substr(1));
}

void Grants::add(std::string_view line) {
  constexpr std::string_view kGrant = "GRANT ";
  if (line.substr(0, kGrant.size()) != kGrant) return;
  const auto on = line.find(" ON ");
  if (on == std::string_view::npos) {
    unknown_roles_ = true;
    return;
  }
  const auto rights = read_rights(line.substr(kGrant.size(), on - kGrant.size()));
  std::size_t at = on + 4;
  if (line.substr(at, 6) == "TABLE ") at += 6;
  const auto database = read_name(line, at);
  if (at >= line.size() || line[at] != '.') return;
  ++at;
  const auto table = read_name(line, at);
  Rights& into = database == "*" ? server_ : table == "*" ? databases_[database] : tables_[database + '\0' + table];
  into.insert(rights.begin(), rights.end());
}

bool Grants::has(const Rights& rights, std::string_view right) {
  return rights.count(std::string(right)) > 0 || rights.count("ALL PRIVILEGES") > 0;
}

bool Grants::on_server(std::string_view right) const {
  return unknown_roles_ || has(server_, right);
}

bool Grants::on_database(std::string_view right, std::string_view database) const {
  if (on_server(right)) return true;
  for (const auto& [pattern, rights] : databases_) {
    if (matches_pattern(database, pattern) && has(rights, right)) return true;
  }
  return false;
}

bool Grants::on_table(std::string_view right, std::string_view database, std::string_view table) const {
  if (on_database(right, database)) return true;
  const auto found = tables_.find(std::string(database) + '\0' + std::string(table));
  return found != tables_.end() && has(found->second, right);
}

}  // namespace syncline::connectors::mysql
