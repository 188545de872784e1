#include "stdlib/types/load.h"

namespace syncline::types {

const char* to_string(WriteMode mode) {
  switch (mode) {
    case WriteMode::recreate:
      return "recreate";
    case WriteMode::truncate:
      return "truncate";
    case WriteMode::append:
      return "append";
    case WriteMode::upsert:
      return "upsert";
    case WriteMode::overwrite_partition:
      return "overwrite partition";
  }
  return "";
}

const char* to_string(Publish publish) {
  switch (publish) {
    case Publish::rename:
      return "rename";
    case Publish::in_place:
      return "in place";
    case Publish::insert:
      return "insert";
    case Publish::merge:
      return "merge";
    case Publish::partition:
      return "partition";
  }
  return "";
}

const char* to_string(Staging staging) {
  return staging == Staging::one_transaction ? "one transaction" : "chunked";
}

const char* to_string(Phase phase) {
  switch (phase) {
    case Phase::full:
      return "full";
    case Phase::window:
      return "window";
    case Phase::key:
      return "key";
  }
  return "";
}

const char* to_string(Verify verify) {
  switch (verify) {
    case Verify::none:
      return "none";
    case Verify::count:
      return "count";
    case Verify::checksum:
      return "checksum";
  }
  return "";
}

const char* to_string(Consistency consistency) {
  switch (consistency) {
    case Consistency::chunk:
      return "chunk";
    case Consistency::table:
      return "table";
    case Consistency::sync:
      return "sync";
  }
  return "";
}

}  // namespace syncline::types
