#pragma once
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace syncline::connectors::mysql {

/// What SHOW GRANTS says about the session's user. Roles whose rights are not shown make every answer "yes": better a failure by
/// name later than a refusal that is wrong.
class Grants {
 public:
  /// One line of SHOW GRANTS.
  void add(std::string_view line);

  [[nodiscard]] bool on_server(std::string_view right) const;
  [[nodiscard]] bool on_database(std::string_view right, std::string_view database) const;
  [[nodiscard]] bool on_table(std::string_view right, std::string_view database, std::string_view table) const;

 private:
  using Rights = std::set<std::string>;
  static bool has(const Rights& rights, std::string_view right);

  Rights server_;
  std::map<std::string, Rights> databases_;  ///< pattern of GRANT (with % and _) -> rights
  std::map<std::string, Rights> tables_;     ///< database NUL table
  bool unknown_roles_ = false;
};

/// SQL LIKE with `%`, `_` and backslash, without case.
bool matches_pattern(std::string_view text, std::string_view pattern);

}  // namespace syncline::connectors::mysql
