#include "compiler/ast/layout.h"

#include "stdlib/base/text.h"

namespace syncline::ast {

namespace {

constexpr std::size_t kWidth = 120;
constexpr std::size_t kIndent = 2;

using Tokens = std::vector<PrintedToken>;

void collect(const Doc& doc, std::vector<std::size_t>& found, bool& hard) {
  if (doc.kind == Doc::Kind::token) found.push_back(doc.token);
  hard = hard || doc.kind == Doc::Kind::hard || (doc.kind == Doc::Kind::group && doc.broken);
  for (const Doc& part : doc.parts) collect(part, found, hard);
}

bool has_own_line(const PrintedToken& token) {
  for (const PrintedComment& comment : token.before) {
    if (comment.own_line) return true;
  }
  return false;
}

/// Groups that hold a hard break or a comment between their tokens cannot be flat.
void mark_broken(Doc& doc, const Tokens& tokens) {
  for (Doc& part : doc.parts) mark_broken(part, tokens);
  if (doc.kind != Doc::Kind::group) return;
  std::vector<std::size_t> found;
  bool hard = doc.broken;
  for (const Doc& part : doc.parts) collect(part, found, hard);
  for (std::size_t at = 0; at < found.size() && !hard; ++at) {
    hard = (at > 0 && has_own_line(tokens[found[at]])) || (at + 1 < found.size() && !tokens[found[at]].after.empty());
  }
  doc.broken = hard;
}

bool closes(std::string_view text) {
  return text == "," || text == ";" || text == ")" || text == "]";
}

/// The text so far. Comments to the end of a line wait until it ends.
class Page {
 public:
  void write(std::string_view text, std::size_t indent) {
    if (!waiting_.empty() && !closes(text)) new_line(indent + kIndent);
    put(text);
  }

  void space() {
    if (!at_start_) blanks_ = 1;
  }

  void new_line(std::size_t indent) {
    end_line();
    out_ += '\n';
    start(indent);
  }

  void comment(const PrintedComment& one, std::size_t indent) {
    if (!one.own_line) {
      write(one.text, indent);
      space();
      return;
    }
    if (!at_start_ || !waiting_.empty()) new_line(indent);
    indent_ = indent;
    if (one.blank_before && column_top_) out_ += out_.empty() ? "" : "\n";
    put(one.text);
    new_line(indent);
  }

  void wait(const std::string& comment) { waiting_.push_back(comment); }
  void blank_line() { out_ += '\n'; }
  void set_top(bool top) { column_top_ = top; }
  [[nodiscard]] bool at_start() const { return at_start_; }
  [[nodiscard]] std::size_t column() const { return at_start_ ? indent_ : column_ + blanks_; }
  std::string finish() {
    end_line();
    return std::move(out_);
  }
  void start(std::size_t indent) {
    at_start_ = true;
    indent_ = indent;
    blanks_ = 0;
  }

 private:
  void put(std::string_view text) {
    out_.append(at_start_ ? indent_ : blanks_, ' ');
    column_ = at_start_ ? indent_ : column_ + blanks_;
    at_start_ = false;
    blanks_ = 0;
    out_ += text;
    const std::size_t line = text.rfind('\n');
    column_ = line == std::string_view::npos ? column_ + text::display_width(text) : text::display_width(text.substr(line + 1));
  }

  void end_line() {
    for (const std::string& comment : waiting_) out_ += (at_start_ ? "" : "  ") + comment;
    waiting_.clear();
    blanks_ = 0;
  }

  std::string out_;
  std::vector<std::string> waiting_;
  std::size_t column_ = 0;
  std::size_t indent_ = 0;
  std::size_t blanks_ = 0;
  bool at_start_ = true;
  bool column_top_ = true;
};

struct Step {
  const Doc* doc;
  std::size_t indent;
  bool flat;
};

class Layout {
 public:
  explicit Layout(const Tokens& tokens) : tokens_(tokens) {}

  std::string run(const Doc& doc) {
    std::vector<Step> steps = {{&doc, 0, false}};
    while (!steps.empty()) {
      const Step step = steps.back();
      steps.pop_back();
      one(step, steps);
    }
    return page_.finish();
  }

 private:
  void one(const Step& step, std::vector<Step>& steps) {
    const Doc& doc = *step.doc;
    switch (doc.kind) {
      case Doc::Kind::token:
        return token(tokens_[doc.token], step.indent);
      case Doc::Kind::glue:
        return page_.write(doc.text, step.indent);
      case Doc::Kind::space:
        return page_.space();
      case Doc::Kind::line:
        return step.flat ? page_.space() : page_.new_line(step.indent);
      case Doc::Kind::soft:
        return step.flat ? void() : page_.new_line(step.indent);
      case Doc::Kind::hard:
        return page_.new_line(step.indent);
      case Doc::Kind::trailing:
        return step.flat ? void() : page_.write(",", step.indent);
      case Doc::Kind::group:
        return push(doc, {nullptr, step.indent, !doc.broken && fits(doc, steps)}, steps);
      case Doc::Kind::indent:
        return push(doc, {nullptr, step.indent + kIndent, step.flat}, steps);
      case Doc::Kind::concat:
        return push(doc, step, steps);
    }
  }

  static void push(const Doc& doc, const Step& how, std::vector<Step>& steps) {
    for (auto part = doc.parts.rbegin(); part != doc.parts.rend(); ++part) steps.push_back({&*part, how.indent, how.flat});
  }

  void token(const PrintedToken& token, std::size_t indent) {
    const bool closer = token.text == ")" || token.text == "]";
    for (const PrintedComment& comment : token.before) page_.comment(comment, closer ? indent + kIndent : indent);
    if (closer && page_.at_start()) page_.start(indent);
    if (first_ && token.blank_before && !token.before.empty()) page_.blank_line();
    first_ = false;
    page_.set_top(false);
    page_.write(token.text, indent);
    for (const std::string& comment : token.after) page_.wait(comment);
  }

  /// Whether `doc`, flat, and what follows it up to the next possible break fit into the line.
  bool fits(const Doc& doc, const std::vector<Step>& rest) const {
    std::size_t left = page_.column() > kWidth ? 0 : kWidth - page_.column();
    std::vector<Step> steps = {{&doc, 0, true}};
    std::size_t next = rest.size();
    while (true) {
      if (steps.empty()) {
        if (next == 0) return true;
        steps.push_back(rest[--next]);
      }
      const Step step = steps.back();
      steps.pop_back();
      const Doc& part = *step.doc;
      const bool breaks = part.kind == Doc::Kind::line || part.kind == Doc::Kind::soft || part.kind == Doc::Kind::hard;
      if (breaks && !step.flat) return true;
      const std::size_t width = flat_width(part);
      if (width > left) return false;
      left -= width;
      if (part.kind == Doc::Kind::token && tokens_[part.token].text.find('\n') != std::string::npos) return true;
      const bool flat = step.flat && !(part.kind == Doc::Kind::group && part.broken);
      for (auto inner = part.parts.rbegin(); inner != part.parts.rend(); ++inner) steps.push_back({&*inner, 0, flat});
    }
  }

  std::size_t flat_width(const Doc& doc) const {
    if (doc.kind == Doc::Kind::glue) return text::display_width(doc.text);
    if (doc.kind == Doc::Kind::space || doc.kind == Doc::Kind::line) return 1;
    if (doc.kind != Doc::Kind::token) return 0;
    const std::string_view text = tokens_[doc.token].text;
    std::size_t width = text::display_width(text.substr(0, text.find('\n')));
    for (const PrintedComment& comment : tokens_[doc.token].before) width += comment.own_line ? 0 : comment.text.size() + 1;
    return width;
  }

  const Tokens& tokens_;
  Page page_;
  bool first_ = true;
};

}  // namespace

Doc glue(std::string text) {
  Doc made = of_kind(Doc::Kind::glue);
  made.text = std::move(text);
  return made;
}

Doc group(Doc inner) {
  Doc made = of_kind(Doc::Kind::group);
  made << std::move(inner);
  return made;
}

Doc indent(Doc inner) {
  Doc made = of_kind(Doc::Kind::indent);
  made << std::move(inner);
  return made;
}

std::string lay_out(Doc doc, const std::vector<PrintedToken>& tokens) {
  mark_broken(doc, tokens);
  return Layout(tokens).run(doc);
}

}  // namespace syncline::ast
