#include "runtime/cli/git.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <vector>

#include "runtime/cli/context.h"
#include "stdlib/base/text.h"

extern char** environ;

namespace syncline::cli {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kPrefix = "git:";
constexpr std::size_t kLargestAnswer = 512U << 20U;

/// A file descriptor that is closed again.
class Descriptor {
 public:
  explicit Descriptor(int value) : value_(value) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() { close(); }
  [[nodiscard]] int value() const { return value_; }
  void close() {
    if (value_ >= 0) ::close(value_);
    value_ = -1;
  }

 private:
  int value_;
};

std::string read_all(int descriptor) {
  std::string out;
  char buffer[1U << 16U];
  while (true) {
    const ssize_t got = ::read(descriptor, buffer, sizeof buffer);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0 || out.size() > kLargestAnswer) return out;
    out.append(buffer, static_cast<std::size_t>(got));
  }
}

/// What `git -C folder arguments…` prints, with `input` (a file) on its standard input; nothing when it fails.
std::optional<std::string> git(const std::string& folder, std::vector<std::string> arguments,
                               const std::string& input = "/dev/null") {
  arguments.insert(arguments.begin(), {"git", "-C", folder});
  std::vector<char*> words;
  for (std::string& word : arguments) words.push_back(word.data());
  words.push_back(nullptr);
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return std::nullopt;
  Descriptor from(ends[0]);
  Descriptor to(ends[1]);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, input.c_str(), O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, to.value(), STDOUT_FILENO);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  pid_t child = 0;
  const int failure = ::posix_spawnp(&child, "git", &actions, nullptr, words.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (failure != 0) throw UsageError{"git cannot be started", "install git: revisions are read with it"};
  to.close();
  std::string said = read_all(from.value());
  from.close();  // git, with more to say than is read, does not wait for us
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) return std::nullopt;
  return said;
}

/// A file of the revision: `object` is what git calls its content.
struct Entry {
  std::string object;
  std::string path;
};

bool is_wanted(const fs::path& path) {
  if (path.is_absolute()) return false;
  for (const fs::path& part : path)
    if (part == "..") return false;
  return path.extension() == ".sync" || path == "syncline.toml" || (path.extension() == ".lock" && *path.begin() == "catalog");
}

/// `mode type object\tpath`, each with a NUL behind it. Links are left out: they could lead anywhere.
std::vector<Entry> entries_of(const std::string& listing) {
  std::vector<Entry> entries;
  for (std::size_t at = 0; at < listing.size();) {
    const std::size_t end = listing.find('\0', at);
    const std::string line = listing.substr(at, end - at);
    at = end == std::string::npos ? listing.size() : end + 1;
    const std::size_t tab = line.find('\t');
    const std::size_t space = line.rfind(' ', tab);
    if (tab == std::string::npos || space == std::string::npos || line.rfind("100", 0) != 0) continue;
    if (is_wanted(line.substr(tab + 1))) entries.push_back({line.substr(space + 1, tab - space - 1), line.substr(tab + 1)});
  }
  return entries;
}

/// `object blob size\ncontent\n` for each entry, in their order.
void write_out(const std::string& answer, const std::vector<Entry>& entries, const fs::path& folder) {
  std::size_t at = 0;
  for (const Entry& entry : entries) {
    const std::size_t end = answer.find('\n', at);
    const std::size_t space = end == std::string::npos ? end : answer.rfind(' ', end);
    if (space == std::string::npos || answer.compare(at, entry.object.size(), entry.object) != 0)
      throw UsageError{fmt::format("git does not give `{}` of that revision", text::printable(entry.path)),
                       "is the clone a partial one?"};
    const std::size_t size = std::strtoull(answer.c_str() + space + 1, nullptr, 10);
    const fs::path file = folder / entry.path;
    fs::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary).write(answer.data() + end + 1, static_cast<std::streamsize>(size));
    at = end + 1 + size + 1;
  }
}

std::string temporary_folder() {
  std::string folder = (fs::temp_directory_path() / "syncline-XXXXXX").string();
  if (::mkdtemp(folder.data()) == nullptr) throw UsageError{"cannot make a temporary folder", "is TMPDIR writable?"};
  return fs::canonical(folder).string();
}

void write_revision(const std::string& project, const std::string& commit, const fs::path& folder) {
  const auto listing = git(project, {"ls-tree", "-r", "-z", commit});
  if (!listing) throw UsageError{"git cannot list the files of that revision", ""};
  const std::vector<Entry> entries = entries_of(*listing);
  const fs::path wanted = folder / ".objects";
  {
    std::ofstream stream(wanted);
    for (const Entry& entry : entries) stream << entry.object << '\n';
  }
  const auto answer = git(project, {"cat-file", "--batch"}, wanted.string());
  fs::remove(wanted);
  if (!answer) throw UsageError{"git cannot read the files of that revision", ""};
  write_out(*answer, entries, folder);
}

std::string trimmed(std::string text) {
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

}  // namespace

Checkout::Checkout(const std::string& project_folder, const std::string& revision) {
  if (!git(project_folder, {"rev-parse", "--git-dir"}))
    throw UsageError{fmt::format("`{}` is in no git repository", project_folder),
                     "git:REV compares with a revision of the project's own repository"};
  const auto commit = git(project_folder, {"rev-parse", "--verify", "--quiet", revision + "^{commit}"});
  if (!commit)
    throw UsageError{fmt::format("no revision `{}` in this repository", text::printable(revision)),
                     "fetch it first: a shallow clone of CI holds the last commit only"};
  folder_ = temporary_folder();
  try {
    write_revision(project_folder, trimmed(*commit), folder_);
  } catch (...) {
    fs::remove_all(folder_);
    throw;
  }
}

Checkout::~Checkout() {
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

std::string revision_of(const std::string& text) {
  const std::string revision = text.rfind(kPrefix, 0) == 0 ? text.substr(kPrefix.size()) : std::string();
  if (revision.empty() || revision.front() == '-')
    throw UsageError{fmt::format("`{}` names no revision", text::printable(text)),
                     "write git:main, git:HEAD~1 or git: and a commit"};
  return revision;
}

}  // namespace syncline::cli
