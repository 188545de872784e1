#include "connectors/postgres/snapshot.h"

#include <algorithm>

#include "connectors/postgres/dialect.h"
#include "connectors/postgres/key_ranges.h"
#include "connectors/postgres/reader.h"

namespace syncline::connectors::postgres {
namespace {

constexpr const char* kBegin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

}  // namespace

ExportedSnapshot::ExportedSnapshot(const ConnectionSpec& spec, const SnapshotRequest& request)
    : spec_(spec),
      sessions_(std::max(1, request.sessions)),
      holder_(std::make_unique<Session>(spec, Role::source, reader_application())) {
  holder_->run(kBegin);
  snapshot_id_ = holder_->run("SELECT pg_catalog.pg_export_snapshot()", answer_cell("SNAPSHOT")).text(0, 0);
}

std::unique_ptr<Session> ExportedSnapshot::take_session() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (!idle_.empty()) {
      std::unique_ptr<Session> session = std::move(idle_.back());
      idle_.pop_back();
      return session;
    }
  }
  auto session = std::make_unique<Session>(spec_, Role::source, reader_application());
  session->run(kBegin);
  try {
    session->run("SET TRANSACTION SNAPSHOT " + quote_text(snapshot_id_));
  } catch (const ConnectorError& error) {
    throw ConnectorError(ErrorKind::transient, std::string("the source's snapshot was lost: ") + error.what());
  }
  return session;
}

void ExportedSnapshot::give_back(std::unique_ptr<Session> session) {
  const std::lock_guard<std::mutex> lock(mutex_);
  idle_.push_back(std::move(session));
}

std::unique_ptr<Reader> ExportedSnapshot::open_reader(const ReadRequest& request) {
  return std::make_unique<CopyReader>(take_session(), request,
                                      [this](std::unique_ptr<Session> session) { give_back(std::move(session)); });
}

std::vector<KeyPosition> ExportedSnapshot::cut(const ReadRequest& request, const CutRequest& cut) {
  auto session = take_session();
  auto positions = cut_table(*session, request, cut);
  give_back(std::move(session));
  return positions;
}

}  // namespace syncline::connectors::postgres
