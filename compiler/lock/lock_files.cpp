#include "compiler/lock/lock_files.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <set>

#include "compiler/analyze/analyze.h"
#include "compiler/analyze/patterns.h"
#include "compiler/catalog/lock_facts.h"
#include "compiler/diag/kinds.h"
#include "stdlib/base/text.h"

namespace syncline::lock {
namespace {

namespace fs = std::filesystem;
using catalog::LockSegment;

constexpr std::uintmax_t kLargestLock = 256U << 20U;
constexpr const char* kRenew = "run `syncline catalog snapshot` where the database can be reached, and commit the file";

std::string shown(const compiler::Options& options, const std::string& file) {
  const fs::path relative = fs::path(file).lexically_relative(options.project_folder);
  return relative.empty() || *relative.begin() == ".." ? file : relative.string();
}

LockSegment locked_segment(const ast::Segment& segment) {
  if (segment.kind == ast::Segment::Kind::any) return {LockSegment::Kind::any, ""};
  return {segment.kind == ast::Segment::Kind::exact ? LockSegment::Kind::exact : LockSegment::Kind::regex, segment.text};
}

/// Every name that `wanted` matches is also one of `held`; when in doubt it is not.
bool covers(const ast::Segment& held, const ast::Segment& wanted, connectors::NameCase rule) {
  if (held.kind == ast::Segment::Kind::any) return true;
  if (held.kind == wanted.kind && held.text == wanted.text) return true;
  return wanted.kind == ast::Segment::Kind::exact && analyze::segment_matches(held, wanted.text, rule, nullptr);
}

bool covers(const bound::Pattern& held, const bound::Pattern& wanted, connectors::NameCase rule) {
  if (held.segments.size() != wanted.segments.size()) return false;
  for (std::size_t i = 0; i < held.segments.size(); ++i)
    if (!covers(held.segments[i], wanted.segments[i], rule)) return false;
  return true;
}

diag::Diagnostic not_covering(const bound::Sync& sync, const std::string& what, const source::Span& span) {
  diag::Diagnostic found = diag::LockNotCovering(sync.source->plan.name, what).at(span).with_help(kRenew);
  found.sync = sync.name;
  found.connection = sync.source->plan.name;
  return found;
}

/// Nothing: there is no such file, or it cannot be read (SY0007).
std::optional<std::string> text_of(const compiler::Options& options, const std::string& file, diag::Sink& sink) {
  if (const auto given = options.texts.find(file); given != options.texts.end()) return given->second;
  std::error_code failure;
  if (!fs::exists(file, failure)) return std::nullopt;
  const std::uintmax_t size = fs::is_regular_file(file, failure) ? fs::file_size(file, failure) : kLargestLock + 1;
  std::ifstream stream(file, std::ios::binary);
  if (failure || size > kLargestLock || !stream) {
    sink.emit(diag::FileUnreadable(shown(options, file), failure ? failure.message() : "it is no file, or a very large one"));
    return std::nullopt;
  }
  std::string text;
  text.reserve(static_cast<std::size_t>(size));
  std::array<char, std::size_t{64} << 10U> part;
  while (text.size() < size && (stream.read(part.data(), part.size()), stream.gcount() > 0))
    text.append(part.data(), static_cast<std::size_t>(stream.gcount()));
  return text;
}

/// Tables of a connection that some syncs may read; in doubt it holds a table. Exact names are looked up, however many there are.
class ReadTables {
 public:
  void note(const std::vector<bound::Pattern>& patterns) {
    for (const bound::Pattern& pattern : patterns) {
      const bool exact = !pattern.segments.empty() && pattern.segments.back().kind == ast::Segment::Kind::exact;
      if (exact) {
        exact_.insert(text::lower(pattern.segments.back().text));
      } else {
        open_.push_back(&pattern);
      }
    }
  }
  void note(const types::ObjectName& table) { exact_.insert(text::lower(table.table)); }
  void note_all() { all_ = true; }

  [[nodiscard]] bool hold(const types::ObjectName& table, const connectors::ServerInfo& server) const {
    if (all_ || exact_.count(text::lower(table.table)) > 0) return true;
    return std::any_of(open_.begin(), open_.end(),
                       [&](const auto* one) { return analyze::matches(*one, table, server, nullptr); });
  }

 private:
  bool all_ = false;
  std::set<std::string> exact_;  ///< table names, in lower case
  std::vector<const bound::Pattern*> open_;
};

bool takes(const bound::Sync& sync, const types::ObjectName& name, const connectors::ServerInfo& server) {
  const auto hits = [&](const bound::Pattern& pattern) { return analyze::matches(pattern, name, server, nullptr); };
  return std::any_of(sync.include.begin(), sync.include.end(), hits) &&
         std::none_of(sync.except.begin(), sync.except.end(), hits);
}

}  // namespace

std::string file_of(const compiler::Options& options, const std::string& connection) {
  std::string name;
  for (const char c : connection) {
    const bool plain = (catalog::is_word_byte(c) && static_cast<unsigned char>(c) < 0x80) || c == '-';
    name += plain ? std::string(1, c) : fmt::format("%{:02x}", static_cast<unsigned char>(c));
  }
  return (fs::path(options.lock_folder) / (name + ".lock")).string();
}

std::optional<LockFile> read_file(const compiler::Options& options, const std::string& connection, source::SourceSet& sources,
                                  diag::Sink& sink, const catalog::WantedTables& wanted) {
  if (options.lock_folder.empty()) return std::nullopt;
  LockFile read;
  read.file = file_of(options, connection);
  read.shown = shown(options, read.file);
  auto text = text_of(options, read.file, sink);
  if (!text) return std::nullopt;
  read.source = sources.add(read.shown, std::move(*text));
  if (const auto problem = catalog::read_lock(sources.text(read.source), read.lock, wanted)) {
    sink.emit(diag::LockUnreadable(problem->message)
                  .at({read.source, problem->offset, problem->offset})
                  .with_help(problem->help.empty() ? kRenew : problem->help));
    return std::nullopt;
  }
  return read;
}

std::map<std::string, catalog::WantedTables> wanted_tables(const bound::Unit& unit, const plan::Plan* plan) {
  std::map<std::string, std::shared_ptr<ReadTables>> connections;
  const auto of = [&](const std::string& connection) -> ReadTables& {
    auto& tables = connections[connection];
    if (!tables) tables = std::make_shared<ReadTables>();
    return *tables;
  };
  for (const bound::Sync& sync : unit.syncs) {
    of(sync.source->plan.name).note(sync.include);
    if (plan == nullptr) of(sync.target->plan.name).note_all();
  }
  if (plan != nullptr)
    for (const plan::Sync& sync : plan->syncs)
      for (const plan::Table& table : sync.tables) of(sync.target_connection).note(table.target);
  std::map<std::string, catalog::WantedTables> wanted;
  for (const auto& [name, tables] : connections)
    wanted.emplace(name, [tables = tables](const types::ObjectName& table, const connectors::ServerInfo& server) {
      return tables->hold(table, server);
    });
  return wanted;
}

std::map<std::string, LockFile> read_files(const compiler::Options& options, const bound::Unit& unit, source::SourceSet& sources,
                                           diag::Sink& sink) {
  std::map<std::string, LockFile> files;
  if (options.lock_folder.empty()) return files;
  for (const auto& [name, wanted] : wanted_tables(unit))
    if (auto read = read_file(options, name, sources, sink, wanted)) files.emplace(name, std::move(*read));
  return files;
}

bound::Pattern as_bound(const catalog::LockPattern& pattern) {
  bound::Pattern made;
  for (const LockSegment& segment : pattern) {
    ast::Segment one;
    one.kind = segment.kind == LockSegment::Kind::any     ? ast::Segment::Kind::any
               : segment.kind == LockSegment::Kind::exact ? ast::Segment::Kind::exact
                                                          : ast::Segment::Kind::regex;
    one.text = segment.text;
    made.segments.push_back(std::move(one));
  }
  return made;
}

catalog::LockPattern as_locked(const bound::Pattern& pattern) {
  catalog::LockPattern made;
  for (const ast::Segment& segment : pattern.segments) made.push_back(locked_segment(segment));
  return made;
}

bool check_coverage(const bound::Sync& sync, const LockFile& file, diag::Sink& sink) {
  const catalog::Lock& lock = file.lock;
  if (lock.engine != sync.source->plan.engine || lock.connection != sync.source->plan.name) {
    sink.emit(not_covering(sync,
                           fmt::format("it: `{}` was taken of connection `{}` with engine `{}`", file.shown,
                                       text::printable(lock.connection), text::printable(lock.engine)),
                           sync.source->span));
    return false;
  }
  if (lock.patterns_digest != catalog::digest_of(lock.patterns)) {
    sink.emit(not_covering(sync, "what its first line says: its patterns were edited or merged by hand", sync.tables_span));
    return false;
  }
  bool whole = true;
  const auto rule = lock.server.table_case;
  for (const bound::Pattern& wanted : sync.include) {
    const bool held = std::any_of(lock.patterns.begin(), lock.patterns.end(),
                                  [&](const catalog::LockPattern& pattern) { return covers(as_bound(pattern), wanted, rule); });
    if (!held) sink.emit(not_covering(sync, "pattern `" + bound::to_text(wanted) + "`", wanted.span));
    whole = whole && held;
  }
  if (!whole) return false;
  for (const connectors::ListedObject& one : lock.names) {
    if (one.kind != connectors::ObjectKind::table || !one.readable || !takes(sync, one.name, lock.server)) continue;
    sink.emit(not_covering(sync, "table `" + text::printable(types::to_string(one.name)) + "`: it holds the name only",
                           sync.tables_span));
    return false;
  }
  return true;
}

}  // namespace syncline::lock
