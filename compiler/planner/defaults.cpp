#include "compiler/planner/defaults.h"

#include <algorithm>

#include "stdlib/types/calendar.h"

namespace syncline::planner {
namespace {

using types::ColumnDefault;
using types::LogicalType;
using types::TypeKind;
using Kind = ColumnDefault::Kind;

bool truth(const std::string& text) {
  return text == "1" || text == "true" || text == "t";
}
bool falsehood(const std::string& text) {
  return text == "0" || text == "false" || text == "f";
}

bool is_number(TypeKind kind) {
  return kind == TypeKind::tinyint || kind == TypeKind::smallint || kind == TypeKind::integer || kind == TypeKind::bigint ||
         kind == TypeKind::decimal || kind == TypeKind::float32 || kind == TypeKind::float64 || kind == TypeKind::year;
}

bool is_text(TypeKind kind) {
  return kind == TypeKind::string || kind == TypeKind::enumeration;
}

/// The literal's text as a value of `to`, or nothing when it would not mean the same.
std::optional<std::string> literal_as(const std::string& text, const LogicalType& from, const LogicalType& to) {
  switch (to.kind) {
    case TypeKind::boolean:
      if (truth(text)) return "true";
      return falsehood(text) ? std::optional<std::string>("false") : std::nullopt;
    case TypeKind::date:
      return types::parse_date(text) ? std::optional<std::string>(text) : std::nullopt;
    case TypeKind::timestamp:
    case TypeKind::timestamp_local:
      return types::parse_timestamp(text) || types::parse_instant(text) ? std::optional<std::string>(text) : std::nullopt;
    case TypeKind::time:
      return types::parse_time(text) ? std::optional<std::string>(text) : std::nullopt;
    case TypeKind::set:
    case TypeKind::array:
    case TypeKind::geometry:
      return std::nullopt;
    default:
      break;
  }
  if (is_number(to.kind) && from.kind == TypeKind::boolean) return truth(text) ? "1" : "0";
  if (is_number(to.kind)) return is_number(from.kind) ? std::optional<std::string>(text) : std::nullopt;
  if (is_text(to.kind) && from.kind != TypeKind::bytes) return text;
  return from.kind == to.kind ? std::optional<std::string>(text) : std::nullopt;
}

bool takes_now(TypeKind kind) {
  return kind == TypeKind::timestamp || kind == TypeKind::timestamp_local;
}

bool takes_clock(Kind kind, TypeKind to) {
  if (kind == Kind::current_timestamp) return takes_now(to);
  return kind == Kind::current_date ? to == TypeKind::date : to == TypeKind::time;
}

bool refuses_literals(const connectors::ServerInfo& server, const types::NativeType& native) {
  const std::string& words = native.words;
  const bool large = words.find("text") != std::string::npos || words.find("blob") != std::string::npos || words == "json";
  return large && !server.large_literal_defaults;
}

std::optional<ColumnDefault> translate(const SyncWork& sync, const Draft& draft, const types::Column& column) {
  ColumnDefault made = column.default_value;
  switch (made.kind) {
    case Kind::none:
    case Kind::null:
      return ColumnDefault{};
    case Kind::native:
      if (!draft.type.verbatim || made.text.find("nextval(") != std::string::npos) return std::nullopt;
      return made;
    case Kind::literal: {
      if (draft.type.verbatim) return made;
      const auto text = literal_as(made.text, column.logical, draft.target.logical);
      if (!text || refuses_literals(sync.target.server, draft.target.native)) return std::nullopt;
      made.text = *text;
      return made;
    }
    default:
      break;
  }
  if (draft.type.verbatim) return made;
  if (!takes_clock(made.kind, draft.target.logical.kind)) return std::nullopt;
  if (made.kind == Kind::current_timestamp) made.scale = std::max(draft.target.logical.scale, 0);
  return made;
}

std::string shown(const ColumnDefault& value) {
  switch (value.kind) {
    case Kind::current_timestamp:
      return "CURRENT_TIMESTAMP";
    case Kind::current_date:
      return "CURRENT_DATE";
    case Kind::current_time:
      return "CURRENT_TIME";
    default:
      return value.text;
  }
}

}  // namespace

types::ColumnDefault translated_default(Context&, SyncWork& sync, Work& work, const Draft& draft, const types::Column& column) {
  if (column.auto_increment || column.generated) return {};
  if (const auto made = translate(sync, draft, column)) return *made;
  finding(sync, work,
          diag::DefaultDropped(draft.name, types::to_string(work.plan.source), shown(column.default_value), sync.target.name())
              .for_column(draft.name));
  return {};
}

}  // namespace syncline::planner
