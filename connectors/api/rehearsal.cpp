#include "connectors/api/rehearsal.h"

#include <algorithm>
#include <utility>

namespace syncline::connectors {

void Transcript::add(RehearsedStatement statement) {
  const std::lock_guard lock(mutex_);
  statement.load = loading_ ? loads_ : 0;
  statement.rows = rows_;
  statements_.push_back(std::move(statement));
}

void Transcript::note(const std::string& connection, int session, std::string text) {
  const std::lock_guard lock(mutex_);
  const auto last = std::find_if(statements_.rbegin(), statements_.rend(), [&](const RehearsedStatement& one) {
    return one.connection == connection && (session == 0 ? !one.question : one.session == session);
  });
  if (last != statements_.rend()) last->notes.push_back(std::move(text));
}

void Transcript::begin_load() {
  const std::lock_guard lock(mutex_);
  if (!loading_) ++loads_;
  loading_ = true;
}

void Transcript::begin_rows() {
  const std::lock_guard lock(mutex_);
  rows_ = loading_;
}

void Transcript::end_load() {
  const std::lock_guard lock(mutex_);
  loading_ = false;
  rows_ = false;
}

std::vector<RehearsedStatement> Transcript::statements() const {
  std::vector<RehearsedStatement> ordered;
  {
    const std::lock_guard lock(mutex_);
    ordered = statements_;
  }
  for (auto begin = ordered.begin(); begin != ordered.end();) {
    const auto end = std::find_if(
        begin, ordered.end(), [&](const RehearsedStatement& one) { return one.load != begin->load || one.rows != begin->rows; });
    if (begin->rows) std::stable_partition(begin, end, [](const RehearsedStatement& one) { return one.of_source; });
    begin = end;
  }
  return ordered;
}

int Rehearsal::open_session() {
  const std::lock_guard lock(mutex_);
  return ++sessions_;
}

void Rehearsal::sent(int session, const std::string& purpose, std::string text, std::vector<std::string> binds, bool question) {
  RehearsedStatement made;
  made.connection = connection_;
  made.of_source = of_source_;
  made.session = session;
  made.purpose = purpose;
  made.text = std::move(text);
  made.binds = std::move(binds);
  made.question = question;
  transcript_->add(std::move(made));
}

std::int64_t Rehearsal::next_epoch() {
  const std::lock_guard lock(mutex_);
  return ++epochs_;
}

void Rehearsal::replaced(const types::ObjectName& table) {
  const std::lock_guard lock(mutex_);
  replaced_.insert(table);
}

bool Rehearsal::is_replaced(const types::ObjectName& table) const {
  const std::lock_guard lock(mutex_);
  return replaced_.count(table) > 0;
}

}  // namespace syncline::connectors
