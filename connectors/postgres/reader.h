#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "connectors/api/source.h"
#include "connectors/postgres/copy_decoder.h"
#include "connectors/postgres/session.h"

namespace syncline::connectors::postgres {

/// Rows of one table by binary COPY from a session that stands in the snapshot. Gives the session back when the stream ended
/// well and no large row made it a heavy one.
class CopyReader final : public Reader {
 public:
  using GiveBack = std::function<void(std::unique_ptr<Session>)>;
  CopyReader(std::unique_ptr<Session> session, const ReadRequest& request, GiveBack give_back);
  ~CopyReader() override;

  /// The SELECT inside the COPY that would be sent now.
  [[nodiscard]] std::string query() const;

  bool next(types::Batch& batch) override;
  [[nodiscard]] std::uint64_t rows() const override { return rows_; }
  [[nodiscard]] std::vector<std::pair<std::string, std::uint64_t>> policy_uses() const override { return {}; }
  void cancel() noexcept override;

 private:
  [[nodiscard]] std::string statement() const;
  [[nodiscard]] std::string where() const;
  [[nodiscard]] bool one_row() const { return !request_.greatest_by.empty(); }
  void start();
  bool take_message(types::Batch& batch);
  void consume(char* data, std::size_t size, types::Batch& batch);
  [[noreturn]] void refuse_large_row(char* data, std::size_t size);
  void wait();
  void look_for_large_rows();
  void next_row_apart();
  void expect_large_row();
  void take_turn();
  void end_of_statement();
  void rehearse_next_page();

  std::unique_ptr<Session> session_;
  const ReadRequest request_;
  GiveBack give_back_;
  bool paged_;
  CopyDecoder decoder_;
  std::string select_;
  std::string sizes_;               ///< of the values of a row, as SQL; empty: all are small
  std::vector<std::string> apart_;  ///< ctids of large rows that are still to be read
  std::string row_apart_;           ///< the one that is being read; empty: none
  std::string behind_;              ///< of a page: condition on the rows behind the one before; empty: the first
  std::uint64_t rows_ = 0;
  std::uint64_t statement_rows_ = 0;
  std::size_t arrived_ = 0;  ///< bytes since the last row was whole
  bool running_ = false;
  bool started_ = false;
  bool complete_ = false;
  bool large_ = false;  ///< libpq's buffer has grown, and grown it stays
};

/// A condition as SQL text without binds; empty when there is none.
std::string condition_text(const Condition& condition, const std::string& naive_timezone);

}  // namespace syncline::connectors::postgres
