#pragma once
#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "cells.h"
#include "connectors/api/connector.h"
#include "engines.h"
#include "plain.h"
#include "stdlib/base/failpoint.h"
#include "stdlib/expr/row_transform.h"

/// The same case for every engine of the registry; `engine` is its name.
#define ENGINE_CASE(name) BOOST_DATA_TEST_CASE(name, boost::unit_test::data::make(syncline::conformance::built_engines()), engine)

namespace syncline::conformance {

using connectors::ErrorKind;

/// One engine with a container (or file) of its own for one case; everything is dropped at the end.
class Lab {
 public:
  explicit Lab(const std::string& engine);
  ~Lab();
  Lab(const Lab&) = delete;
  Lab& operator=(const Lab&) = delete;

  const EngineData& data;
  const connectors::Connector& connector;
  connectors::ConnectionSpec spec;  ///< may write
  std::string container;

  [[nodiscard]] connectors::ConnectionSpec source_spec() const;
  [[nodiscard]] types::ObjectName name(const std::string& table) const { return {container, table}; }
  [[nodiscard]] std::string quoted(const std::string& table) const { return connector.dialect().quote(name(table)); }
  std::string plain(const std::string& sql) { return (*plain_)(sql); }
  [[nodiscard]] std::unique_ptr<Plain> another_plain() const { return open_plain(spec); }

  /// Fails the case when the table is not there.
  [[nodiscard]] types::TableSchema describe(const std::string& table) const;
  [[nodiscard]] bool exists(const std::string& table) const;
  /// All tables and columns of the container as text, Syncline's own left out.
  [[nodiscard]] std::string catalogue() const;
  /// `table.*` in the order of its first column, through the plain client.
  std::string content(const std::string& table, const std::string& columns = "*");
  /// Staging and replaced tables that are still there.
  std::string leftovers();
  std::string ask(const std::string& question);
  /// A question of `data` with the case's own names.
  [[nodiscard]] std::string filled(const std::string& question) const;

 private:
  std::unique_ptr<Plain> plain_;
  std::vector<std::string> undo_;
};

/// `id` (key), `name` and `amount`, with an index on name.
types::TableSchema people(const Lab& lab, const std::string& table = "people");
/// id from..to-1, name prefix+id, amount id.5
Rows people_rows(int from, int to, const std::string& prefix);
/// What `content` prints for them.
std::string people_text(int from, int to, const std::string& prefix);

/// A run in the lab's target: lock held, one loader.
class Run {
 public:
  explicit Run(Lab& lab, const std::string& id = "01CONFORMANCE", std::chrono::seconds wait = std::chrono::seconds(5));
  ~Run();
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;

  std::unique_ptr<connectors::TargetState> state;
  std::unique_ptr<connectors::Loader> loader;

  /// A load of all columns of `desired`, with a new epoch and the table that exists.
  connectors::LoadTable plan(const types::TableSchema& desired, types::Publish publish = types::Publish::rename,
                             types::Staging staging = types::Staging::one_transaction);
  /// begin_unit … build of one table, in two batches.
  connectors::StagedRows stage(connectors::LoadTable& table, const Rows& rows);
  connectors::StagedRows load(connectors::LoadTable& table, const Rows& rows);
  /// open … build of one table of an open unit.
  connectors::StagedRows fill(const connectors::LoadTable& table, std::size_t index, const Rows& rows);

 private:
  Lab& lab_;
  connectors::RunIdentity identity_;
};

/// Failpoints that are armed for as long as this lives.
struct Armed {
  explicit Armed(const std::string& list) { arm_failpoints(list); }
  ~Armed() { arm_failpoints(""); }
  Armed(const Armed&) = delete;
  Armed& operator=(const Armed&) = delete;
};

connectors::RunIdentity identity(const std::string& id);
/// A whole run of one table.
void load(Lab& lab, const types::TableSchema& desired, const Rows& rows, types::Publish publish = types::Publish::rename,
          types::Staging staging = types::Staging::one_transaction);

/// A request for the table's columns, with the logical types of `schema`.
connectors::ReadRequest request(const types::TableSchema& schema);
Rows read(connectors::Reader& reader, const connectors::ReadRequest& request);
Rows read(Lab& lab, const connectors::ReadRequest& request);

/// The ConnectorError that `work` throws; the case fails when there is none or it is of another kind.
connectors::ConnectorError failure(const std::function<void()>& work, ErrorKind kind);
expr::ValueError value_failure(const std::function<void()>& work);

}  // namespace syncline::conformance
