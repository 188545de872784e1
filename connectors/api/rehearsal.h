#pragma once
#include <cstdint>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "connectors/api/introspector.h"
#include "stdlib/types/schema.h"

/// Rehearsals: sessions that write down what they would send (ConnectionSpec::rehearsal). Nothing reaches a server but, where the
/// rehearsal may ask, questions to its catalogue in a read-only session. The statements come from the same code that sends them.
namespace syncline::connectors {

/// A statement that a session would send.
struct RehearsedStatement {
  std::string connection;
  bool of_source = false;
  int load = 0;                    ///< the load under way, from 1; 0: before, between or behind loads
  bool rows = false;               ///< of a load: rows are on their way, so source and target work at the same time
  int session = 0;                 ///< of the connection, from 1
  std::string purpose;             ///< of the session: "reads rows", "loads rows"
  std::string text;                ///< as sent
  std::vector<std::string> binds;  ///< literals for the placeholders of `text`, in their order
  bool question = false;           ///< of catalogue or server; changes nothing and moves no rows
  std::vector<std::string> notes;  ///< for people, a sentence each
};

/// The statements of all sessions of one rehearsal, in the order in which they would be sent. Thread-safe.
class Transcript {
 public:
  void add(RehearsedStatement statement);
  /// To the last statement of this session of a connection; 0: of any of its sessions, questions left aside.
  void note(const std::string& connection, int session, std::string text);
  /// A load begins to ask its source; nothing while one is under way.
  void begin_load();
  /// Rows begin to flow; from here on the two ends work side by side.
  void begin_rows();
  void end_load();
  /// In their order; of what goes side by side the source comes first.
  [[nodiscard]] std::vector<RehearsedStatement> statements() const;

 private:
  mutable std::mutex mutex_;
  std::vector<RehearsedStatement> statements_;
  int loads_ = 0;
  bool loading_ = false;
  bool rows_ = false;
};

/// One end of a rehearsal: the source or the target. Thread-safe.
class Rehearsal {
 public:
  /// `asks`: questions to the catalogue go to the server, and have its answers; else the answers are those of `server` and of an
  /// empty database.
  Rehearsal(std::shared_ptr<Transcript> transcript, std::string connection, bool of_source, bool asks, ServerInfo server)
      : transcript_(std::move(transcript)),
        connection_(std::move(connection)),
        of_source_(of_source),
        asks_(asks),
        server_(std::move(server)) {}

  [[nodiscard]] bool asks() const { return asks_; }
  [[nodiscard]] const ServerInfo& server() const { return server_; }
  [[nodiscard]] Transcript& transcript() { return *transcript_; }
  /// The number of a session that opens.
  int open_session();
  void sent(int session, const std::string& purpose, std::string text, std::vector<std::string> binds, bool question);
  void note(int session, std::string text) { transcript_->note(connection_, session, std::move(text)); }
  /// Epochs count from 1 in each rehearsal.
  std::int64_t next_epoch();
  /// A swap puts another table under this name: what hung on the old one is gone.
  void replaced(const types::ObjectName& table);
  [[nodiscard]] bool is_replaced(const types::ObjectName& table) const;

 private:
  std::shared_ptr<Transcript> transcript_;
  std::string connection_;
  bool of_source_;
  bool asks_;
  ServerInfo server_;
  mutable std::mutex mutex_;
  int sessions_ = 0;
  std::int64_t epochs_ = 0;
  std::set<types::ObjectName> replaced_;
};

}  // namespace syncline::connectors
