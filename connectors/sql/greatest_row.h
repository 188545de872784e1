#pragma once
#include <string>
#include <vector>

#include "connectors/api/source.h"

namespace syncline::connectors::sql {

/// The request as a reader has to take it: the one greatest row needs no pages, no key and no relay.
ReadRequest settled(ReadRequest request);
/// What stands behind FROM: ` WHERE (filter) AND "a" IS NOT NULL ORDER BY "a" DESC LIMIT 1`. `columns` and `filter` are SQL; an
/// empty filter is none.
std::string greatest_row(const std::vector<std::string>& columns, const std::string& filter);

}  // namespace syncline::connectors::sql
