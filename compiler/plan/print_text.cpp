#include <algorithm>

#include "compiler/plan/print.h"
#include "compiler/plan/summary.h"
#include "stdlib/base/text.h"
#include "stdlib/types/value.h"

namespace syncline::plan {
namespace {

using Ddl = std::function<std::vector<std::string>(const Sync&, const Table&)>;

std::string padded(const std::string& text, std::size_t width) {
  const std::size_t own = text::display_width(text);
  return own >= width ? text : text + std::string(width - own, ' ');
}

const char* colour(Action action) {
  switch (action) {
    case Action::create:
      return "\x1b[32m";
    case Action::blocked:
      return "\x1b[31m";
    case Action::schema:
      return "\x1b[36m";
    case Action::none:
      return "\x1b[2m";
    default:
      return "\x1b[33m";
  }
}

std::size_t source_tables(const Sync& sync) {
  std::size_t count = 0;
  for (const Table& table : sync.tables) count += std::max<std::size_t>(1, table.members.size());
  return count;
}

class Printer {
 public:
  Printer(const Plan& plan, const TextStyle& style, const Ddl& ddl) : plan_(plan), style_(style), ddl_(ddl) {}

  std::string run() {
    for (const Sync& sync : plan_.syncs) print(sync);
    closing();
    return std::move(out_);
  }

 private:
  void line(const std::string& text) { out_ += text + "\n"; }

  void print(const Sync& sync) {
    line(fmt::format("{}  {} → {}   {} matched, {} excluded", text::printable(sync.name),
                     connection_text(plan_, sync.source_connection), connection_text(plan_, sync.target_connection),
                     counted(matched(sync) + sync.excluded.size(), "table"), text::grouped(sync.excluded.size())));
    for (const std::string& container : sync.create_containers) line("  + create " + text::printable(container));
    widths(sync);
    hooks(sync.before, "  ");
    for (const Table& table : sync.tables) print(sync, table);
    for (const TableChange& change : sync.table_changes) print(change);
    hooks(sync.after, "  ");
    for (const std::string& note : sync.noted) line("  note: " + text::printable(note));
    warnings(sync);
    line("");
  }

  static std::size_t matched(const Sync& sync) {
    const auto is_new = [](const TableChange& change) { return change.event == TableChange::Event::added; };
    const auto gone = [](const Table& table) { return table.gone; };
    return source_tables(sync) - static_cast<std::size_t>(std::count_if(sync.tables.begin(), sync.tables.end(), gone)) +
           static_cast<std::size_t>(std::count_if(sync.table_changes.begin(), sync.table_changes.end(), is_new));
  }

  void print(const TableChange& change) {
    const bool is_new = change.event == TableChange::Event::added;
    const std::string target = is_new ? "" : " → " + text::printable(types::to_string(change.target));
    line(std::string("  ") + (is_new ? "." : "-") + " " + text::printable(types::to_string(change.source)) + target + "  " +
         text::printable(change.sentence));
  }

  void widths(const Sync& sync) {
    source_width_ = target_width_ = 0;
    for (const Table& table : sync.tables) {
      source_width_ = std::max(source_width_, text::display_width(text::printable(source_text(table))));
      target_width_ = std::max(target_width_, text::display_width(text::printable(types::to_string(table.target))));
    }
    source_width_ = std::min<std::size_t>(source_width_, 40);
    target_width_ = std::min<std::size_t>(target_width_, 40);
  }

  std::string mark(Action action) const {
    const std::string plain(1, symbol(action));
    return style_.color ? colour(action) + plain + "\x1b[0m" : plain;
  }

  void print(const Sync& sync, const Table& table) {
    line("  " + mark(table.action) + " " + padded(text::printable(source_text(table)), source_width_) + " → " +
         padded(text::printable(types::to_string(table.target)), target_width_) + "  " + way_text(table));
    for (const diag::Diagnostic& finding : table.findings) {
      if (finding.severity == diag::Severity::error) error(finding);
    }
    for (const ColumnChange& change : table.column_changes) line("      " + text::printable(change.sentence));
    if (table.action != Action::blocked && table.action != Action::none) {
      hooks(table.before, "      ");
      hooks(table.after, "      ");
    }
    if (style_.columns) columns(table);
    if (style_.ddl && ddl_ && table.action != Action::blocked) statements(sync, table);
  }

  /// On one line, whatever it is written on in the script.
  void hooks(const std::vector<Hook>& list, const std::string& indent) {
    for (const Hook& hook : list) line(indent + text::printable(hook_text(hook)));
  }

  void error(const diag::Diagnostic& finding) {
    line("      error: " + finding_text(finding));
    for (const std::string& help : finding.help) line("      help: " + text::printable(help));
  }

  void columns(const Table& table) {
    for (const std::string& reason : table.reasons) line("      because: " + text::printable(reason));
    std::size_t from = 0;
    std::size_t to = 0;
    for (const ColumnMapping& mapping : table.columns) {
      from = std::max(from, text::display_width(from_text(table, mapping)));
      to = std::max(to, text::display_width(to_text(table, mapping)));
    }
    for (const ColumnMapping& mapping : table.columns) {
      std::string row = "      " + padded(from_text(table, mapping), from) + " → " + padded(to_text(table, mapping), to);
      row += "  " + way(mapping);
      line(row.substr(0, row.find_last_not_of(' ') + 1));
    }
  }

  static std::string from_text(const Table& table, const ColumnMapping& mapping) {
    if (mapping.source_column.empty()) return "(added)";
    const types::Column* column = table.source_schema.find_column(mapping.source_column);
    return text::printable(mapping.source_column + (column ? " " + column->native.text : std::string()));
  }

  static std::string to_text(const Table& table, const ColumnMapping& mapping) {
    const types::Column* column = table.target_schema.find_column(mapping.recipe.target_column);
    std::string text = mapping.recipe.target_column;
    if (column) text += " " + column->native.text + (column->nullable ? "" : " not null");
    return text::printable(text);
  }

  static std::string way(const ColumnMapping& mapping) {
    using Kind = expr::ColumnRecipe::Kind;
    std::string text;
    switch (mapping.recipe.kind) {
      case Kind::pass:
        break;
      case Kind::convert:
        text = "converted";
        break;
      case Kind::constant:
        text = "= " + types::to_text(mapping.recipe.constant);
        break;
      case Kind::expression:
        text = "= " + (mapping.recipe.expression ? expr::to_text(*mapping.recipe.expression) : std::string());
        break;
    }
    if (!mapping.note.empty()) text += (text.empty() ? "" : "; ") + mapping.note;
    return text::printable(text);
  }

  void statements(const Sync& sync, const Table& table) {
    for (const std::string& statement : ddl_(sync, table)) {
      std::string indented = "      ";
      for (const char c : statement) indented += c == '\n' ? std::string("\n      ") : std::string(1, c);
      line(indented + ";");
    }
  }

  /// Warnings of one code stand together, so that 200 tables with one remark each stay readable.
  void warnings(const Sync& sync) {
    std::map<std::string_view, std::vector<const diag::Diagnostic*>> by_code;
    for (const Table& table : sync.tables) {
      for (const diag::Diagnostic& finding : table.findings) {
        if (finding.severity == diag::Severity::warning) by_code[diag::info(finding.code).text].push_back(&finding);
      }
    }
    for (const auto& [code, findings] : by_code) {
      for (std::size_t i = 0; i < findings.size() && i < kShown; ++i) line("  warning: " + finding_text(*findings[i]));
      if (findings.size() > kShown)
        line(fmt::format("  warning: {} and {} more like these", code, text::grouped(findings.size() - kShown)));
    }
  }

  void closing() {
    const Summary summary = summarize(plan_);
    std::string counts = "Plan: " + counts_text(summary);
    if (summary.warnings > 0) counts += fmt::format(", {} warning{}", summary.warnings, summary.warnings == 1 ? "" : "s");
    line(counts + ". Nothing has been executed.");
    const auto blocked = summary.actions.find(Action::blocked);
    if (summary.adoption) line("Taking over tables that Syncline did not make needs `run --adopt`.");
    if (blocked != summary.actions.end() && blocked->second == summary.tables) {
      line("Next: mend the errors above.");
    } else if (summary.tables > 0) {
      if (blocked != summary.actions.end()) line("What is blocked stays out of a run until the errors above are mended.");
      line("Next: syncline run" + (style_.arguments.empty() ? "" : " " + style_.arguments));
    }
  }

  static constexpr std::size_t kShown = 5;
  const Plan& plan_;
  const TextStyle& style_;
  const Ddl& ddl_;
  std::string out_;
  std::size_t source_width_ = 0;
  std::size_t target_width_ = 0;
};

}  // namespace

std::string to_text(const Plan& plan, const TextStyle& style, const Ddl& ddl) {
  return Printer(plan, style, ddl).run();
}

}  // namespace syncline::plan
