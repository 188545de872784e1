#pragma once
#include <string>
#include <vector>

#include "connectors/api/connector.h"

/// What differs between engines, as data: the cases themselves are the same for all. A new engine adds an entry in engines.cpp.
namespace syncline::conformance {

/// A column of the table of all types: native type, logical type and cells (canonical text) that must come back unchanged.
struct TypedColumn {
  std::string name;
  std::string native;
  types::LogicalType logical;
  std::vector<std::string> values;
};

/// A value that the engine's column cannot hold.
struct RefusedValue {
  std::string native;
  types::LogicalType logical;
  std::string value;
};

struct EngineData {
  std::string name;
  // Native types of the tables that the cases make.
  std::string id;
  std::string text;
  std::string text_ignoring_case;  ///< in a table: type and collation by which b is above A and B above a
  std::string decimal;
  std::string number;
  std::string flag;
  std::string date;
  std::string datetime;
  std::string instant;
  std::string now;  ///< a native type that may default to the current time
  std::vector<TypedColumn> columns;
  std::vector<RefusedValue> refused;
  std::vector<std::string> hostile_names;
  std::vector<std::string> refused_names;
  bool case_of_like_differs = false;  ///< LIKE of the server ignores case whatever we do
  std::vector<std::string>
      writing_filters;  ///< native filters that would write if the session could: they step a sequence `counter`
  // Questions in the engine's own SQL; {container} is put in as a literal's inside.
  std::string own_tables;                      ///< names of staging and replaced tables
  std::vector<std::string> weak_isolation;     ///< makes new sessions see what others commit meanwhile; and back
  std::vector<std::string> begin_snapshot;     ///< statements that open a transaction with a snapshot of its own
  std::string watch;                           ///< how a monitor lists the open transactions; empty: no engine of many sessions
  bool old_rows_stay = false;                  ///< a snapshot older than a swap goes on reading the old rows
  std::vector<std::string> storage_modes{""};  ///< statements after which transactions are kept in another way
  bool tells_transactions_apart = true;        ///< also those of one process
  // Users without rights and prepared transactions, empty where the engine has none; {name} and {table} are put in.
  std::string make_user;  ///< `{container}_user`, password canary-of-user
  std::string drop_user;
  std::vector<std::string> prepare;  ///< statements of one session; the first two leave a transaction open
  std::string forget_prepared;
  std::string ledger;  ///< rows and chunks of the chunk ledger: `chunks|rows`; {state} is the quoted state schema
};

const EngineData& engine_data(const std::string& engine);
/// Names of the registry's engines that are built.
std::vector<std::string> built_engines();

}  // namespace syncline::conformance
