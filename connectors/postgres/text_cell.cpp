#include "connectors/postgres/text_cell.h"

#include <algorithm>
#include <charconv>
#include <cstring>

#include "stdlib/types/calendar.h"

namespace syncline::connectors::postgres {
namespace {

using types::CellKind;

template <typename Number>
void append_number(std::string& out, Number value) {
  char buffer[64];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, value).ptr;
  out.append(buffer, end);
}

void append_hex(std::string& out, std::string_view bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  out += "\\x";
  for (const char c : bytes) {
    out += kDigits[static_cast<unsigned char>(c) >> 4U];
    out += kDigits[static_cast<unsigned char>(c) & 15U];
  }
}

template <std::size_t (*Write)(char*, std::int64_t, int)>
void append_time(std::string& out, std::int64_t micros) {
  char buffer[48];
  out.append(buffer, Write(buffer, micros, 6));
}

std::size_t write_stamp(char* out, std::int64_t micros, int scale) {
  return types::write_timestamp(out, micros, scale);
}

/// The server writes years beyond 9999 plainly but years before 1 as `… BC`.
void append_date(std::string& out, std::int64_t days) {
  if (days == types::kDateInfinity || days == types::kDateMinusInfinity) {
    out += days > 0 ? "infinity" : "-infinity";
    return;
  }
  const types::CivilDate date = types::civil_from_days(days);
  if (date.year >= 1) {
    char buffer[48];
    out.append(buffer, types::write_date(buffer, days));
    return;
  }
  out += types::format_date(types::days_from_civil(1 - date.year, date.month, 1)).substr(0, 8);
  out += date.day < 10 ? "0" : "";
  out += std::to_string(date.day) + " BC";
}

void append_timestamp(std::string& out, std::int64_t micros) {
  if (micros == types::kTimestampInfinity || micros == types::kTimestampMinusInfinity) {
    out += micros > 0 ? "infinity" : "-infinity";
    return;
  }
  std::int64_t days = micros / types::kMicrosPerDay;
  std::int64_t rest = micros % types::kMicrosPerDay;
  if (rest < 0) {
    --days;
    rest += types::kMicrosPerDay;
  }
  if (types::civil_from_days(days).year >= 1) {
    append_time<write_stamp>(out, micros);
    return;
  }
  std::string date;
  append_date(date, days);
  out += date.substr(0, date.size() - 3) + " " + types::format_time(rest, 6) + " BC";
}

float as_float(std::uint64_t slot) {
  const auto bits = static_cast<std::uint32_t>(slot);
  float value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

double as_double(std::uint64_t slot) {
  double value;
  std::memcpy(&value, &slot, sizeof value);
  return value;
}

/// Walks a JSON array and writes the elements of PostgreSQL's array text.
class ArrayWriter {
 public:
  ArrayWriter(std::string_view json, const std::string& column) : json_(json), column_(column) {}
  std::string write() {
    array();
    space();
    if (at_ != json_.size()) refuse();
    return std::move(out_);
  }

 private:
  [[noreturn]] void refuse() const {
    throw expr::ValueError(expr::ValueProblem::json_invalid, column_, "the text is no JSON array");
  }
  void space() {
    while (at_ < json_.size() && (json_[at_] == ' ' || json_[at_] == '\n' || json_[at_] == '\t' || json_[at_] == '\r')) ++at_;
  }
  [[nodiscard]] char peek() const { return at_ < json_.size() ? json_[at_] : '\0'; }

  void array() {
    space();
    if (peek() != '[' || ++depth_ > 6) refuse();
    ++at_;
    out_ += '{';
    for (space(); peek() != ']'; space()) {
      element();
      space();
      if (peek() == ',') {
        ++at_;
        out_ += ',';
      } else if (peek() != ']') {
        refuse();
      }
    }
    ++at_;
    --depth_;
    out_ += '}';
  }

  void element() {
    if (peek() == '[') return array();
    if (peek() == '"') return quoted(string());
    if (peek() == '{') return quoted(object());
    const std::size_t start = at_;
    while (at_ < json_.size() && std::strchr(",] \n\t\r", json_[at_]) == nullptr) ++at_;
    const std::string_view word = json_.substr(start, at_ - start);
    if (word.empty()) refuse();
    out_ += word == "null" ? "NULL" : std::string(word);
  }

  std::string object() {
    const std::size_t start = at_;
    int depth = 0;
    do {
      if (at_ >= json_.size()) refuse();
      if (peek() == '"') {
        string();
        continue;
      }
      if (peek() == '{') ++depth;
      if (peek() == '}') --depth;
      ++at_;
    } while (depth > 0);
    return std::string(json_.substr(start, at_ - start));
  }

  unsigned hex4() {
    unsigned code = 0;
    if (at_ + 4 > json_.size()) refuse();
    const auto result = std::from_chars(json_.data() + at_, json_.data() + at_ + 4, code, 16);
    if (result.ptr != json_.data() + at_ + 4) refuse();
    at_ += 4;
    return code;
  }

  void append_code(std::string& out, unsigned code) {
    if (code == 0) throw expr::ValueError(expr::ValueProblem::nul_in_text, column_, "an element holds a NUL character");
    if (code < 0x80) {
      out += static_cast<char>(code);
    } else if (code < 0x800) {
      out += static_cast<char>(0xC0U | code >> 6U);
      out += static_cast<char>(0x80U | (code & 0x3FU));
    } else if (code < 0x10000) {
      out += static_cast<char>(0xE0U | code >> 12U);
      out += static_cast<char>(0x80U | (code >> 6U & 0x3FU));
      out += static_cast<char>(0x80U | (code & 0x3FU));
    } else {
      out += static_cast<char>(0xF0U | code >> 18U);
      out += static_cast<char>(0x80U | (code >> 12U & 0x3FU));
      out += static_cast<char>(0x80U | (code >> 6U & 0x3FU));
      out += static_cast<char>(0x80U | (code & 0x3FU));
    }
  }

  void escape(std::string& out) {
    static constexpr std::string_view kLetters = "bfnrt";
    static constexpr std::string_view kValues = "\b\f\n\r\t";
    const char letter = peek();
    ++at_;
    if (const auto place = kLetters.find(letter); place != std::string_view::npos) {
      out += kValues[place];
    } else if (letter == 'u') {
      unsigned code = hex4();
      if (code >= 0xD800 && code < 0xDC00 && json_.substr(at_, 2) == "\\u") {
        at_ += 2;
        code = 0x10000 + ((code - 0xD800) << 10U) + (hex4() - 0xDC00);
      }
      append_code(out, code);
    } else {
      out += letter;
    }
  }

  std::string string() {
    std::string out;
    for (++at_; peek() != '"';) {
      if (at_ >= json_.size()) refuse();
      if (peek() == '\\') {
        ++at_;
        escape(out);
      } else {
        out += json_[at_++];
      }
    }
    ++at_;
    return out;
  }

  void quoted(const std::string& value) {
    out_ += '"';
    for (const char c : value) {
      if (c == '"' || c == '\\') out_ += '\\';
      out_ += c;
    }
    out_ += '"';
  }

  std::string_view json_;
  const std::string& column_;
  std::string out_;
  std::size_t at_ = 0;
  int depth_ = 0;
};

void append_heap(std::string& out, const ColumnEncoding& column, std::string_view value) {
  if (column.kind == CellKind::bytes) return append_hex(out, value);
  if (column.array) {
    out += array_literal(value, column.name);
  } else if (column.kind == CellKind::set && !column.text_target) {
    out += set_literal(value);
  } else {
    out += value;
  }
}

}  // namespace

void append_input_text(std::string& out, const ColumnEncoding& column, const types::Batch& batch, std::uint64_t slot) {
  switch (column.kind) {
    case CellKind::boolean:
      out += slot != 0 ? 't' : 'f';
      return;
    case CellKind::i64:
      append_number(out, static_cast<std::int64_t>(slot));
      return;
    case CellKind::u64:
      append_number(out, slot);
      return;
    case CellKind::f32:
      append_number(out, as_float(slot));
      return;
    case CellKind::f64:
      append_number(out, as_double(slot));
      return;
    case CellKind::date:
      append_date(out, static_cast<std::int64_t>(slot));
      return;
    case CellKind::time:
      append_time<types::write_time>(out, static_cast<std::int64_t>(slot));
      return;
    case CellKind::timestamp:
      append_timestamp(out, static_cast<std::int64_t>(slot));
      return;
    default:
      append_heap(out, column, batch.heap_view(slot));
  }
}

void append_escaped(types::Buffer& out, std::string_view value) {
  char* p = out.reserve_more(value.size() * 2);
  char* const start = p;
  for (const char c : value) {
    switch (c) {
      case '\\':
        *p++ = '\\';
        *p++ = '\\';
        break;
      case '\n':
        *p++ = '\\';
        *p++ = 'n';
        break;
      case '\r':
        *p++ = '\\';
        *p++ = 'r';
        break;
      case '\t':
        *p++ = '\\';
        *p++ = 't';
        break;
      default:
        *p++ = c;
    }
  }
  out.advance(static_cast<std::size_t>(p - start));
}

std::string array_literal(std::string_view json, const std::string& column) {
  return ArrayWriter(json, column).write();
}

std::string set_literal(std::string_view labels) {
  std::string text = "{";
  for (std::size_t at = 0; !labels.empty() && at <= labels.size();) {
    const std::size_t comma = std::min(labels.find(',', at), labels.size());
    if (at > 0) text += ',';
    text += '"';
    for (const char c : labels.substr(at, comma - at)) {
      if (c == '"' || c == '\\') text += '\\';
      text += c;
    }
    text += '"';
    at = comma + 1;
  }
  return text + "}";
}

}  // namespace syncline::connectors::postgres
