#pragma once

namespace syncline::connectors::sql {

/// In a rehearsal: the fingerprint of a table's columns as the server describes them once the load has made or changed the table.
constexpr const char* kRehearsedFingerprint = "FINGERPRINT";

}  // namespace syncline::connectors::sql
