#pragma once
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "compiler/analyze/analyze.h"
#include "compiler/analyze/not_built.h"
#include "compiler/analyze/parameters.h"

/// Binds scripts from strings over a registry of a few engines, for the tests of compiler/analyze.
namespace syncline::test {

connectors::EngineInfo engine(std::string_view name, bool built, std::vector<std::string_view> levels);

class TestRegistry final : public connectors::Registry {
 public:
  TestRegistry();
  [[nodiscard]] const connectors::EngineInfo* find(std::string_view name) const override;
  [[nodiscard]] const connectors::Connector* connector(std::string_view) const override { return nullptr; }
  [[nodiscard]] std::vector<std::string> names() const override;

 private:
  std::map<std::string, connectors::EngineInfo, std::less<>> engines_;
};

/// A project folder with script files that is removed afterwards.
class Project {
 public:
  Project();
  ~Project();
  Project(const Project&) = delete;
  Project& operator=(const Project&) = delete;
  Project& file(const std::string& name, const std::string& text);
  [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }

 private:
  std::filesystem::path folder_;
};

/// The engines of the tests.
const TestRegistry& registry();

/// A bound script and what was found.
struct Bound {
  compiler::Result result;
  bound::Unit unit;
  /// Codes in order of position, information and warnings included: "SY1001 SY3002".
  [[nodiscard]] std::string codes() const;
  [[nodiscard]] std::string messages() const;
  [[nodiscard]] const bound::Sync& sync(const std::string& name) const;
};

/// `s.sync` of a fresh project; `options` may add parameters and selections.
Bound bound_of(const std::string& script, compiler::Options options = {});
Bound bound_of(const Project& project, const std::vector<std::string>& files, compiler::Options options = {});

/// Two connections, `shop` (mysql) and `dw` (postgres, writable), then `rest`.
std::string with_connections(const std::string& rest);
/// The same with one sync `s` over `shop.*` and these clauses.
std::string with_sync(const std::string& clauses);

}  // namespace syncline::test
