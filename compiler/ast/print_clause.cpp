#include <algorithm>

#include "compiler/ast/printer.h"

namespace syncline::ast {

namespace {

Doc hard() {
  return of_kind(Doc::Kind::hard);
}

}  // namespace

/// In the grammar's order; hooks keep theirs.
Doc Printer::clauses(const std::vector<Clause>& clauses) {
  std::vector<std::pair<ClauseKind, Doc>> written;
  for (const Clause& one : clauses) written.emplace_back(one.kind, clause(one));
  std::stable_sort(written.begin(), written.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  Doc made;
  for (auto& [kind, doc] : written) made << hard() << std::move(doc);
  return made;
}

Doc Printer::clause(const Clause& clause) {
  Doc made;
  if (!shape(clause, made) && !movement(clause, made)) timing(clause, made);
  return made;
}

bool Printer::shape(const Clause& clause, Doc& made) {
  switch (clause.kind) {
    case ClauseKind::using_template: {
      made << keywords(1) << space();
      for (std::size_t at = 0; at < clause.templates.size(); ++at) {
        if (at > 0 && feed_.skip(',')) made << glue(",") << space();
        made << raw();
        if (!clause.templates[at].arguments.empty()) made << space() << assignments(clause.templates[at].arguments);
      }
      return true;
    }
    case ClauseKind::naming:
      made << keywords(1) << space() << list(clause.naming.size(), true, [&](std::size_t at) {
        Doc item;
        return item << keywords(1) << space() << raw() << space() << whole(clause.naming[at].value);
      });
      return true;
    case ClauseKind::type_mapping:
      made << keywords(2) << space() << raw();
      return true;
    case ClauseKind::columns:
      made << keywords(1) << space()
           << list(clause.columns.size(), true, [&](std::size_t at) { return column_rule(clause.columns[at]); });
      return true;
    case ClauseKind::key:
      made << keywords(1) << space() << name_list(clause.names.size());
      return true;
    case ClauseKind::partition_by:
      made << partition(clause);
      return true;
    case ClauseKind::create_with:
      made << keywords(2) << space()
           << list(clause.create.size(), true, [&](std::size_t at) { return create_item(clause.create[at]); });
      return true;
    case ClauseKind::merge_shards:
      made << keywords(clause.word == "UNION" ? 4 : 5);
      return true;
    default:
      return false;
  }
}

bool Printer::movement(const Clause& clause, Doc& made) {
  switch (clause.kind) {
    case ClauseKind::filter:
      made << keywords(1) << space() << condition(*clause.condition);
      return true;
    case ClauseKind::load:
      made << keywords(1) << space() << phase(clause.phases[0]);
      if (clause.phases.size() > 1) made << hard() << keywords(1) << space() << phase(clause.phases[1]);
      return true;
    case ClauseKind::split:
      made << split(clause);
      return true;
    case ClauseKind::on_new_table:
    case ClauseKind::on_dropped_table:
      made << keywords(4);
      return true;
    case ClauseKind::on_column_change:
      made << keywords(3) << space();
      made << (clause.events.empty() ? keywords(1)
                                     : list(clause.events.size(), true, [this](std::size_t) { return keywords(2); }));
      return true;
    case ClauseKind::verify:
    case ClauseKind::consistent:
    case ClauseKind::priority:
      made << keywords(2);
      return true;
    case ClauseKind::deletes:
      made << keywords(2);
      if (clause.quantity) made << space() << keywords(2) << space() << raw() << raw();
      if (!clause.names.empty()) made << space() << raw();
      return true;
    default:
      return false;
  }
}

void Printer::timing(const Clause& clause, Doc& made) {
  switch (clause.kind) {
    case ClauseKind::limits:
    case ClauseKind::errors:
      made << keywords(1) << space() << settings(clause.settings);
      break;
    case ClauseKind::hook:
      made << keywords(4) << space() << raw();
      break;
    case ClauseKind::schedule:
      made << keywords(1) << space() << (clause.word.empty() ? names(clause.names.size()) : keywords(1));
      if (feed_.next_is_word("AT")) made << space() << keywords(1) << space() << raw();
      if (clause.quantity) made << space() << keywords(2) << space() << quantity(*clause.quantity);
      break;
    case ClauseKind::depends_on:
      made << keywords(2) << space() << names(clause.names.size());
      if (clause.quantity) made << space() << keywords(3) << space() << quantity(*clause.quantity) << space() << keywords(2);
      break;
    case ClauseKind::notify:
      made << keywords(1) << space() << names(clause.names.size());
      break;
    default:
      made << keywords(1) << space() << raw();
      break;
  }
}

Doc Printer::column_rule(const ColumnRule& rule) {
  Doc made;
  made << keywords(1) << space() << raw();
  switch (rule.kind) {
    case ColumnRule::Kind::exclude:
      return made;
    case ColumnRule::Kind::rename:
      return made << space() << keywords(1) << space() << whole(rule.value);
    case ColumnRule::Kind::cast:
      return made << space() << keywords(1) << space() << type(*rule.type);
    case ColumnRule::Kind::set:
      return made << space() << raw() << space() << whole(rule.value);
    case ColumnRule::Kind::mask:
      return made << space() << keywords(1) << space() << whole(rule.value);
    case ColumnRule::Kind::add:
      break;
  }
  return made << space() << type(*rule.type) << space() << raw() << space() << whole(rule.value);
}

Doc Printer::create_item(const CreateItem& item) {
  Doc made;
  switch (item.kind) {
    case CreateItem::Kind::table_type:
      return made << keywords(2) << space() << raw();
    case CreateItem::Kind::distribute_hash:
    case CreateItem::Kind::distribute_random:
    case CreateItem::Kind::distribute_replicated:
      made << keywords(3);
      if (!item.columns.empty()) made << space() << name_list(item.columns.size());
      if (item.buckets) made << space() << keywords(1) << space() << raw();
      return made;
    case CreateItem::Kind::order_by:
      return made << keywords(2) << space() << name_list(item.columns.size());
    case CreateItem::Kind::index:
      made << keywords(1) << space() << raw() << space() << keywords(1) << space() << name_list(item.columns.size());
      if (item.method) made << space() << keywords(1) << space() << raw();
      return made;
    case CreateItem::Kind::properties:
      return made << keywords(1) << space() << settings(item.properties);
    case CreateItem::Kind::comment:
      return made << keywords(1) << space() << whole(item.comment);
    case CreateItem::Kind::native:
      break;
  }
  return made << keywords(1) << space() << raw();
}

Doc Printer::partition(const Clause& clause) {
  Doc made;
  made << keywords(2) << space();
  switch (clause.partition_form) {
    case Clause::PartitionForm::range:
      return made << keywords(1) << space() << name_list(1) << space() << keywords(1) << space() << quantity(*clause.quantity);
    case Clause::PartitionForm::list:
      return made << keywords(1) << space() << name_list(clause.names.size());
    case Clause::PartitionForm::native:
      return made << keywords(1) << space() << raw();
    case Clause::PartitionForm::columns:
      break;
  }
  return made << list(clause.partition_columns.size(), true, [&](std::size_t at) {
           const PartitionColumn& one = clause.partition_columns[at];
           Doc item;
           return item << raw() << space() << type(one.type) << space() << raw() << space() << whole(one.value);
         });
}

Doc Printer::phase(const LoadPhase& phase) {
  Doc made;
  made << keywords(1);
  if (phase.up_to_first_window) made << space() << keywords(4);
  if (!phase.into_partition.empty()) made << space() << keywords(2) << space() << assignments(phase.into_partition);
  if (phase.where) {
    Doc inside;
    inside << hard() << keywords(1) << space() << condition(*phase.where);
    if (phase.write) inside << hard() << write(*phase.write);
    return made << indent(std::move(inside));
  }
  if (!phase.key.empty()) made << space() << keywords(1) << space() << name_list(phase.key.size());
  if (phase.lookback) made << space() << keywords(1) << space() << quantity(*phase.lookback);
  if (phase.from) made << space() << keywords(2);
  if (phase.write) made << space() << write(*phase.write);
  return made;
}

Doc Printer::write(const Write& write) {
  return keywords(write.mode == WriteMode::overwrite_partition ? 3 : 2);
}

Doc Printer::split(const Clause& clause) {
  Doc made;
  if (clause.word == "OFF") return made << keywords(2);
  made << keywords(2) << space() << (feed_.next_is('(') ? name_list(clause.names.size()) : raw());
  if (clause.chunks) made << space() << keywords(1) << space() << raw() << space() << keywords(1);
  return made;
}

}  // namespace syncline::ast
