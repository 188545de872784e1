#pragma once
#include <map>
#include <optional>
#include <string>

#include "compiler/bound/bound.h"
#include "compiler/catalog/lock.h"
#include "compiler/pipeline.h"

/// Catalogue locks in the service of a compilation: where they lie, what they cover, what they are good for.
namespace syncline::lock {

/// A lock that was read, and where it stands.
struct LockFile {
  std::string file;
  std::string shown;  ///< for people: relative to the project
  source::SourceId source = 0;
  catalog::Lock lock;
};

/// `<folder>/<connection>.lock`; bytes that do not belong into a file name are written as %xx.
std::string file_of(const compiler::Options& options, const std::string& connection);

/// The lock of a connection: nothing when there is no file, or it cannot be read (SY5040).
std::optional<LockFile> read_file(const compiler::Options& options, const std::string& connection, source::SourceSet& sources,
                                  diag::Sink& sink, const catalog::WantedTables& wanted = {});
/// By connection, the tables that the unit's syncs may read. Of their targets: the ones that `plan` writes, or all without a
/// plan.
std::map<std::string, catalog::WantedTables> wanted_tables(const bound::Unit& unit, const plan::Plan* plan = nullptr);
/// Those of all connections that the syncs use. Of a connection that is only read from, the tables that the syncs cannot match
/// have names and estimates only.
std::map<std::string, LockFile> read_files(const compiler::Options& options, const bound::Unit& unit, source::SourceSet& sources,
                                           diag::Sink& sink);

/// The pattern as the planner matches it.
bound::Pattern as_bound(const catalog::LockPattern& pattern);
catalog::LockPattern as_locked(const bound::Pattern& pattern);

/// SY5001 for what a sync reads and the lock of its source does not hold. True: the lock holds all of it.
bool check_coverage(const bound::Sync& sync, const LockFile& lock, diag::Sink& sink);

}  // namespace syncline::lock
