#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "compiler/analyze/analyze.h"
#include "compiler/analyze/context.h"
#include "compiler/analyze/suppressions.h"
#include "compiler/parse/parse.h"
#include "stdlib_prelude.h"

namespace syncline::analyze {
namespace {

namespace fs = std::filesystem;
constexpr std::size_t kMaxDepth = 16;
constexpr std::uintmax_t kMaxBytes = 4U << 20U;

bool beneath(const fs::path& file, const fs::path& folder) {
  const auto [end, at] = std::mismatch(folder.begin(), folder.end(), file.begin(), file.end());
  return end == folder.end() || (end->empty() && std::next(end) == folder.end());
}

class Loader {
 public:
  Loader(const compiler::Options& options, compiler::Result& result) : options_(options), result_(result) {
    std::error_code failure;
    project_ = fs::weakly_canonical(options.project_folder.empty() ? fs::current_path(failure) : fs::path(options.project_folder),
                                    failure);
  }

  void load(const std::vector<std::string>& paths) {
    for (const auto& file : prelude::kFiles) {
      if (!file.text.empty()) prelude_.push_back(parsed(result_.sources.add("<prelude>", std::string(file.text))));
    }
    for (const std::string& path : paths) load_path(path);
    for (const std::size_t file : given_) files_[file].script.named = true;
    for (const File& file : files_) read_suppressions(file.script, options_, result_);
  }

  [[nodiscard]] std::vector<ast::Script> all() const {
    std::vector<ast::Script> scripts = prelude_;
    for (const File& file : files_) scripts.push_back(file.script);
    return scripts;
  }

  /// Each script that no other one includes, with the prelude and what it includes.
  [[nodiscard]] std::vector<std::vector<ast::Script>> units() const {
    std::set<std::size_t> included;
    for (const File& file : files_) included.insert(file.includes.begin(), file.includes.end());
    std::vector<std::vector<ast::Script>> list;
    for (const std::size_t root : given_) {
      if (included.count(root) == 0 || included.size() == files_.size()) list.push_back(unit_of(root));
    }
    if (list.empty()) list.push_back(prelude_);
    return list;
  }

 private:
  struct File {
    ast::Script script;
    std::set<std::size_t> includes;
  };

  ast::Script parsed(source::SourceId source) { return parse::parse(result_.sources, source, result_.sink); }

  [[nodiscard]] std::vector<ast::Script> unit_of(std::size_t root) const {
    std::set<std::size_t> reached;
    std::vector<std::size_t> open = {root};
    while (!open.empty()) {
      const std::size_t file = open.back();
      open.pop_back();
      if (reached.insert(file).second) open.insert(open.end(), files_[file].includes.begin(), files_[file].includes.end());
    }
    std::vector<ast::Script> scripts = prelude_;
    for (const std::size_t file : reached) scripts.push_back(files_[file].script);
    return scripts;
  }

  void give(const fs::path& file) {
    const auto index = load_file(file, {}, {});
    if (index && std::find(given_.begin(), given_.end(), *index) == given_.end()) given_.push_back(*index);
  }

  void load_path(const std::string& written) {
    std::error_code failure;
    const fs::path path = fs::weakly_canonical(written, failure);
    if (options_.texts.count(path.string()) != 0) return give(path);
    if (fs::is_directory(path, failure)) return load_folder(written, path);
    if (!fs::exists(path, failure)) {
      return result_.sink.emit(
          diag::NoScripts("`" + written + "` does not exist").with_help("name a `.sync` file or a folder that holds some"));
    }
    give(path);
  }

  void load_folder(const std::string& written, const fs::path& folder) {
    std::vector<fs::path> files;
    std::error_code failure;
    fs::recursive_directory_iterator entry(folder, fs::directory_options::skip_permission_denied, failure);
    for (; !failure && entry != fs::recursive_directory_iterator(); entry.increment(failure)) {
      const bool hidden = entry->path().filename().string().front() == '.';
      if (hidden && entry->is_directory()) entry.disable_recursion_pending();
      if (!hidden && entry->is_regular_file() && entry->path().extension() == ".sync")
        files.push_back(fs::weakly_canonical(entry->path()));
    }
    std::sort(files.begin(), files.end());
    if (files.empty()) {
      result_.sink.emit(
          diag::NoScripts("folder `" + written + "` holds no `.sync` file").with_help("`syncline init` writes a first script"));
    }
    for (const fs::path& file : files) give(file);
  }

  [[nodiscard]] std::string display(const fs::path& file) const {
    const fs::path shown = beneath(file, project_) ? file.lexically_relative(project_) : file;
    return shown.empty() ? file.string() : shown.string();
  }

  /// The file's index, or nothing when it cannot be read or closes a cycle.
  std::optional<std::size_t> load_file(const fs::path& file, const source::Span& from, std::vector<fs::path> chain) {
    if (std::find(chain.begin(), chain.end(), file) != chain.end()) {
      report_cycle(file, from, chain);
      return std::nullopt;
    }
    const auto [known, fresh] = index_.emplace(file, files_.size());
    if (!fresh) return known->second < files_.size() ? std::optional<std::size_t>(known->second) : std::nullopt;
    if (chain.size() >= kMaxDepth) result_.sink.emit(diag::TooDeep("INCLUDE", kMaxDepth).at(from));
    const auto text = chain.size() >= kMaxDepth ? std::nullopt : read(file, from);
    if (!text) {
      known->second = SIZE_MAX;
      return std::nullopt;
    }
    const std::size_t index = files_.size();
    files_.push_back({parsed(result_.sources.add(display(file), *text)), {}});
    chain.push_back(file);
    const std::vector<ast::Statement> statements = files_[index].script.statements;
    for (const ast::Statement& statement : statements) {
      if (const auto* include = std::get_if<ast::IncludeStatement>(&statement.body)) load_include(*include, file, chain, index);
    }
    return index;
  }

  void report_cycle(const fs::path& file, const source::Span& from, const std::vector<fs::path>& chain) {
    std::string text;
    for (auto at = std::find(chain.begin(), chain.end(), file); at != chain.end(); ++at) text += display(*at) + " → ";
    result_.sink.emit(diag::IncludeCycle(text + display(file))
                          .at(from, "closes the cycle")
                          .with_help("move what both files need into a third one"));
  }

  std::optional<std::string> read(const fs::path& file, const source::Span& from) {
    if (const auto given = options_.texts.find(file.string()); given != options_.texts.end()) return given->second;
    std::error_code failure;
    const std::uintmax_t size = fs::file_size(file, failure);
    if (!failure && size > kMaxBytes) {
      result_.sink.emit(diag::FileUnreadable(display(file), "it is larger than 4 MB").at(from));
      return std::nullopt;
    }
    std::ifstream stream(file, std::ios::binary);
    std::ostringstream text;
    if (!failure && stream && (size == 0 || text << stream.rdbuf())) return text.str();
    const std::string why = failure ? failure.message() : std::error_code(errno, std::generic_category()).message();
    result_.sink.emit(diag::FileUnreadable(display(file), why).at(from));
    return std::nullopt;
  }

  void load_include(const ast::IncludeStatement& include, const fs::path& including, const std::vector<fs::path>& chain,
                    std::size_t from) {
    const fs::path written(include.path);
    std::error_code failure;
    const fs::path file = fs::weakly_canonical(including.parent_path() / written, failure);
    if (written.is_absolute() || !beneath(file, project_)) {
      return result_.sink.emit(
          diag::IncludeOutside(include.path)
              .at(include.path_span, "leads to a file outside")
              .with_help("paths are relative to the file that includes, and stay beneath the project folder"));
    }
    if (!fs::is_regular_file(file, failure)) {
      return result_.sink.emit(diag::FileUnreadable(include.path, "there is no such file").at(include.path_span));
    }
    if (const auto index = load_file(file, include.path_span, chain)) files_[from].includes.insert(*index);
  }

  const compiler::Options& options_;
  compiler::Result& result_;
  fs::path project_;
  std::map<fs::path, std::size_t> index_;
  std::vector<File> files_;
  std::vector<std::size_t> given_;
  std::vector<ast::Script> prelude_;
};

}  // namespace

std::vector<ast::Script> load_scripts(const compiler::Options& options, compiler::Result& result) {
  Loader loader(options, result);
  loader.load(options.paths);
  return loader.all();
}

std::vector<std::vector<ast::Script>> load_units(const compiler::Options& options, compiler::Result& result) {
  Loader loader(options, result);
  loader.load(options.paths);
  return loader.units();
}

bool in_prelude(const source::SourceSet& sources, source::SourceId source) {
  return source != 0 && sources.name(source).rfind("<prelude", 0) == 0;
}

}  // namespace syncline::analyze
