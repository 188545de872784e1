#include "connectors/sql/known_tables.h"

#include "connectors/sql/lists.h"
#include "stdlib/base/hash.h"

namespace syncline::connectors::sql {

std::string known_owner(const types::KnownTable& known) {
  std::string identity;
  for (const auto* part : {&known.sync, &known.source.container, &known.source.table})
    identity += std::to_string(part->size()) + ":" + *part;
  return hash::sha256_hex(identity);
}

KnownRow known_row(const types::KnownTable& known) {
  return {known_owner(known), known.sync,  known.source.container, known.source.table, known.target.container, known.target.table,
          known.shape,        known.run_id};
}

types::KnownTable known_of_row(const KnownRow& row) {
  return {row[1], {row[2], row[3]}, {row[4], row[5]}, row[6], row[7]};
}

std::string known_columns() {
  return join({kKnownColumns.begin(), kKnownColumns.end()}, ", ");
}

}  // namespace syncline::connectors::sql
