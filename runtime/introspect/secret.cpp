#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <system_error>

#include "runtime/introspect/resolve.h"

namespace syncline::introspect {
namespace {

constexpr std::string_view kEnvironment = "env:";
constexpr std::string_view kFile = "file:";
constexpr std::size_t kLargestSecret = 64U << 10U;

class OpenFile {
 public:
  explicit OpenFile(const std::string& path) : descriptor_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)) {}
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  ~OpenFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  [[nodiscard]] int descriptor() const { return descriptor_; }

 private:
  int descriptor_;
};

std::string errno_text() {
  return std::generic_category().message(errno);
}

/// What is wrong with the file's owner or mode; empty when only we can read it.
std::string permission_problem(const struct stat& info) {
  if (!S_ISREG(info.st_mode)) return "not a regular file";
  if (info.st_uid != ::geteuid()) return "belongs to another user";
  if ((info.st_mode & 077U) != 0) return "others may read it: `chmod 600` it";
  if (static_cast<std::size_t>(info.st_size) > kLargestSecret) return "larger than any password";
  return {};
}

/// The file's text, or an explanation in `problem`. Checks are made on the open file, so it cannot be exchanged in between.
std::string read_private_file(const std::string& path, std::string& problem) {
  const OpenFile file(path);
  struct stat info {};
  if (file.descriptor() < 0 || ::fstat(file.descriptor(), &info) != 0) {
    problem = errno_text();
    return {};
  }
  problem = permission_problem(info);
  if (!problem.empty()) return {};
  std::string text(static_cast<std::size_t>(info.st_size), '\0');
  std::size_t have = 0;
  while (have < text.size()) {
    const ssize_t got = ::read(file.descriptor(), text.data() + have, text.size() - have);
    if (got < 0) problem = errno_text();
    if (got <= 0) break;
    have += static_cast<std::size_t>(got);
  }
  text.resize(have);
  if (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

}  // namespace

Secret resolve_secret(const std::string& connection, const std::string& reference) {
  if (reference.rfind(kEnvironment, 0) == 0) {
    const char* value = std::getenv(reference.c_str() + kEnvironment.size());
    if (value == nullptr) throw SecretError{connection, reference, "the environment variable is not set"};
    return Secret(value);
  }
  if (reference.rfind(kFile, 0) == 0) {
    std::string problem;
    std::string text = read_private_file(reference.substr(kFile.size()), problem);
    if (!problem.empty()) throw SecretError{connection, reference, problem};
    return Secret(std::move(text));
  }
  throw SecretError{connection, reference, "a reference starts with `env:` or `file:`"};
}

}  // namespace syncline::introspect
