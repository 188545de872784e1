#include "tests/unit/compiler_analyze_support.h"

#include <stdexcept>

namespace syncline::test {
namespace {

using connectors::SettingType;

std::vector<connectors::SettingInfo> server_settings() {
  return {{"host", SettingType::string, true},   {"port", SettingType::integer},
          {"user", SettingType::string, true},   {"password", SettingType::secret},
          {"database", SettingType::string},     {"tls", SettingType::choice, false, "off|require|verify_ca|verify_full"},
          {"timezone", SettingType::string},     {"max_connections", SettingType::integer},
          {"max_read_rate", SettingType::rate},  {"connect_timeout", SettingType::duration},
          {"allow_writes", SettingType::boolean}};
}

}  // namespace

connectors::EngineInfo engine(std::string_view name, bool built, std::vector<std::string_view> levels) {
  connectors::EngineInfo info{};
  info.name = name;
  info.built = built;
  info.can_be_source = true;
  info.can_be_target = true;
  info.levels = std::move(levels);
  info.settings = server_settings();
  return info;
}

TestRegistry::TestRegistry() {
  engines_["mysql"] = engine("mysql", true, {"database", "table"});
  engines_["mysql"].lexical.backslash_escapes = true;
  engines_["mysql"].lexical.hash_comments = true;
  engines_["postgres"] = engine("postgres", true, {"schema", "table"});
  engines_["postgres"].default_container = "public";
  engines_["sqlite"] = engine("sqlite", true, {"table"});
  engines_["sqlite"].settings = {{"path", SettingType::string, true}, {"allow_writes", SettingType::boolean}};
  engines_["doris"] = engine("doris", false, {"database", "table"});
  engines_["doris"].table_types = {"unique_key"};
  engines_["doris"].create_properties = {"replication_num"};
  engines_["oracle"] = engine("oracle", false, {"schema", "table"});
  engines_["oracle"].can_be_target = false;
  for (auto& [name, info] : engines_) info.capabilities.keyset_pages = info.built;
}

const connectors::EngineInfo* TestRegistry::find(std::string_view name) const {
  const auto found = engines_.find(name);
  return found == engines_.end() ? nullptr : &found->second;
}

std::vector<std::string> TestRegistry::names() const {
  std::vector<std::string> list;
  for (const auto& entry : engines_) list.push_back(entry.first);
  return list;
}

Project::Project() {
  std::string pattern = (std::filesystem::temp_directory_path() / "syncline-analyze-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
  folder_ = pattern;
}

Project::~Project() {
  std::filesystem::remove_all(folder_);
}

Project& Project::file(const std::string& name, const std::string& text) {
  std::filesystem::create_directories((folder_ / name).parent_path());
  std::ofstream(folder_ / name) << text;
  return *this;
}

std::string Bound::codes() const {
  std::string list;
  for (const auto& finding : result.sink.all()) list += (list.empty() ? "" : " ") + std::string(diag::info(finding.code).text);
  return list;
}

std::string Bound::messages() const {
  std::string list;
  for (const auto& finding : result.sink.all()) {
    list += std::string(diag::info(finding.code).text) + ": " + finding.message + '\n';
    for (const auto& help : finding.help) list += "  help: " + help + '\n';
  }
  return list;
}

const bound::Sync& Bound::sync(const std::string& name) const {
  for (const auto& one : unit.syncs) {
    if (one.name == name) return one;
  }
  throw std::runtime_error("no sync " + name + "\n" + messages());
}

const TestRegistry& registry() {
  static const TestRegistry engines;
  return engines;
}

Bound bound_of(const Project& project, const std::vector<std::string>& files, compiler::Options options) {
  options.project_folder = project.folder().string();
  for (const std::string& file : files) options.paths.push_back((project.folder() / file).string());
  Bound bound;
  bound.unit = analyze::bind(options, registry(), bound.result);
  analyze::settle(options, bound.unit, bound.result);
  return bound;
}

Bound bound_of(const std::string& script, compiler::Options options) {
  Project project;
  project.file("s.sync", script);
  return bound_of(project, {"s.sync"}, std::move(options));
}

std::string with_connections(const std::string& rest) {
  return "CONNECTION shop TYPE mysql (host = 'localhost', user = 'reader', password = SECRET 'env:P');\n"
         "CONNECTION dw TYPE postgres (host = 'localhost', user = 'loader', database = 'dw', allow_writes = true);\n" +
         rest;
}

std::string with_sync(const std::string& clauses) {
  return with_connections("SYNC s FROM shop TABLES (shop.*) INTO dw\n" + clauses + ";\n");
}

}  // namespace syncline::test
