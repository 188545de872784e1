#include "compiler/diag/kinds.h"
#include "compiler/parse/builder.h"

namespace syncline::parse {

std::vector<Clause> Builder::clauses(const std::vector<P::ClauseContext*>& trees, const std::string& where) {
  std::vector<Clause> made;
  std::map<ClauseKind, Span> first;
  for (auto* tree : trees) {
    Clause one = clause(tree);
    const auto [seen, is_new] = first.emplace(one.kind, one.keyword);
    if (!is_new && one.kind != ClauseKind::hook) {
      broken_ = true;
      sink_.emit(diag::ClauseTwice(to_string(one.kind), where)
                     .at(one.keyword, "again here")
                     .also(seen->second, "first here")
                     .with_help("keep one of them"));
    }
    made.push_back(std::move(one));
  }
  return made;
}

void Builder::start(Clause& made, ClauseKind kind, ParserRuleContext* tree, std::size_t keywords) const {
  made.kind = kind;
  made.span = span(tree);
  made.keyword = join(span(as<TerminalNode>(tree->children[0])), span(as<TerminalNode>(tree->children[keywords - 1])));
}

Clause Builder::clause(P::ClauseContext* tree) {
  Clause made;
  if (!shape(tree, made) && !movement(tree, made) && !execution(tree, made)) timing(tree, made);
  return made;
}

bool Builder::shape(P::ClauseContext* tree, Clause& made) {
  if (auto* one = tree->usingClause()) {
    start(made, ClauseKind::using_template, one, 1);
    for (auto* use : one->templateUse()) {
      made.templates.push_back({name(use->identifier()), assignments(use->assignment()), span(use)});
    }
  } else if (auto* naming = tree->namingClause()) {
    start(made, ClauseKind::naming, naming, 1);
    for (auto* item : naming->namingItem()) {
      made.naming.push_back({level(item->nameLevel()), expression(item->expression()), span(item)});
    }
  } else if (auto* mapping = tree->typeMappingClause()) {
    start(made, ClauseKind::type_mapping, mapping, 2);
    made.names = {name(mapping->identifier())};
  } else if (auto* columns = tree->columnsClause()) {
    start(made, ClauseKind::columns, columns, 1);
    for (auto* rule : columns->columnRule()) made.columns.push_back(column_rule(rule));
  } else if (auto* key = tree->keyClause()) {
    start(made, ClauseKind::key, key, 1);
    made.names = names(key->columnList()->identifier());
  } else if (auto* parts = tree->partitionClause()) {
    start(made, ClauseKind::partition_by, parts, 2);
    partition(parts->partitionSpec(), made);
  } else if (auto* create = tree->createClause()) {
    start(made, ClauseKind::create_with, create, 2);
    for (auto* item : create->createItem()) made.create.push_back(create_item(item));
  } else if (auto* merge = tree->mergeClause()) {
    start(made, ClauseKind::merge_shards, merge, 2);
    made.word = merge->K_UNION() != nullptr ? "UNION" : "SAME";
  } else {
    return false;
  }
  return true;
}

bool Builder::movement(P::ClauseContext* tree, Clause& made) {
  if (auto* filter = tree->filterClause()) {
    start(made, ClauseKind::filter, filter, 1);
    made.condition = condition(filter->condition());
  } else if (auto* load = tree->loadClause()) {
    start(made, ClauseKind::load, load, 1);
    for (auto* one : load->phase()) made.phases.push_back(phase(one));
  } else if (auto* parts = tree->splitClause()) {
    start(made, ClauseKind::split, parts, 1);
    split(parts, made);
  } else if (auto* fresh = tree->newTableClause()) {
    start(made, ClauseKind::on_new_table, fresh, 3);
    made.word = upper(last_word(fresh));
  } else if (auto* dropped = tree->droppedTableClause()) {
    start(made, ClauseKind::on_dropped_table, dropped, 3);
    made.word = upper(last_word(dropped));
  } else if (auto* change = tree->columnChangeClause()) {
    start(made, ClauseKind::on_column_change, change, 3);
    column_change(change, made);
  } else if (auto* verify = tree->verifyClause()) {
    start(made, ClauseKind::verify, verify, 1);
    made.word = upper(last_word(verify));
  } else if (auto* consistent = tree->consistentClause()) {
    start(made, ClauseKind::consistent, consistent, 1);
    made.word = upper(last_word(consistent));
  } else if (auto* removed = tree->deletesClause()) {
    start(made, ClauseKind::deletes, removed, 1);
    deletes(removed, made);
  } else {
    return false;
  }
  return true;
}

bool Builder::execution(P::ClauseContext* tree, Clause& made) {
  if (auto* limits = tree->limitsClause()) {
    start(made, ClauseKind::limits, limits, 1);
    made.settings = settings(limits->settings());
  } else if (auto* errors = tree->errorsClause()) {
    start(made, ClauseKind::errors, errors, 1);
    made.settings = settings(errors->settings());
  } else if (auto* priority = tree->priorityClause()) {
    start(made, ClauseKind::priority, priority, 1);
    made.word = upper(last_word(priority));
  } else if (auto* hook = tree->hookClause()) {
    start(made, ClauseKind::hook, hook, 4);
    for (std::size_t at = 0; at < 4; ++at) made.word += (at == 0 ? "" : " ") + upper(as<TerminalNode>(hook->children[at]));
    made.text = dollar(hook->DOLLAR());
    made.text_span = span(hook->DOLLAR());
  } else {
    return false;
  }
  return true;
}

void Builder::timing(P::ClauseContext* tree, Clause& made) {
  if (auto* schedule = tree->scheduleClause()) {
    start(made, ClauseKind::schedule, schedule, 1);
    schedule_clause(schedule, made);
  } else if (auto* depends = tree->dependsClause()) {
    start(made, ClauseKind::depends_on, depends, 2);
    made.names = names(depends->identifier());
    made.quantity = maybe_quantity(depends->quantity());
    if (made.quantity) made.word = upper(last_word(depends));
  } else if (auto* notify = tree->notifyClause()) {
    start(made, ClauseKind::notify, notify, 1);
    made.names = names(notify->identifier());
  } else if (auto* owner = tree->ownerClause()) {
    start(made, ClauseKind::owner, owner, 1);
    made.text = string(owner->STRING());
  }
}

ColumnRule Builder::column_rule(P::ColumnRuleContext* tree) {
  ColumnRule made;
  made.span = span(tree);
  const auto exact = [this](P::IdentifierContext* column) { return segment(column, column, nullptr); };
  if (auto* exclude = as<P::ExcludeColumnContext>(tree)) {
    made.columns = segment(exclude->columnPattern());
  } else if (auto* rename = as<P::RenameColumnContext>(tree)) {
    made.kind = ColumnRule::Kind::rename;
    made.columns = segment(rename->columnPattern());
    made.value = expression(rename->expression());
  } else if (auto* cast = as<P::CastColumnContext>(tree)) {
    made.kind = ColumnRule::Kind::cast;
    made.columns = segment(cast->columnPattern());
    made.type = type(cast->typeRef());
  } else if (auto* set = as<P::SetColumnContext>(tree)) {
    made.kind = ColumnRule::Kind::set;
    made.columns = exact(set->identifier());
    made.value = expression(set->expression());
  } else if (auto* mask = as<P::MaskColumnContext>(tree)) {
    made.kind = ColumnRule::Kind::mask;
    made.columns = segment(mask->columnPattern());
    made.value = call(mask->functionCall());
  } else if (auto* add = as<P::AddColumnContext>(tree)) {
    made.kind = ColumnRule::Kind::add;
    made.columns = exact(add->identifier());
    made.type = type(add->typeRef());
    made.value = expression(add->expression());
  }
  return made;
}

void Builder::partition(P::PartitionSpecContext* tree, Clause& made) {
  if (auto* columns = as<P::PartitionColumnsContext>(tree)) {
    for (auto* one : columns->partitionColumn()) {
      made.partition_columns.push_back({name(one->identifier()), type(one->typeRef()), expression(one->expression()), span(one)});
    }
  } else if (auto* range = as<P::PartitionRangeContext>(tree)) {
    made.partition_form = Clause::PartitionForm::range;
    made.names = {name(range->identifier())};
    made.quantity = quantity(range->quantity());
  } else if (auto* list = as<P::PartitionListContext>(tree)) {
    made.partition_form = Clause::PartitionForm::list;
    made.names = names(list->columnList()->identifier());
  } else if (auto* native = as<P::PartitionNativeContext>(tree)) {
    made.partition_form = Clause::PartitionForm::native;
    made.text = dollar(native->DOLLAR());
  }
}

CreateItem Builder::distribution(P::CreateDistributionContext* tree) {
  CreateItem made;
  made.kind = tree->K_HASH() != nullptr     ? CreateItem::Kind::distribute_hash
              : tree->K_RANDOM() != nullptr ? CreateItem::Kind::distribute_random
                                            : CreateItem::Kind::distribute_replicated;
  if (tree->columnList() != nullptr) made.columns = names(tree->columnList()->identifier());
  if (tree->INT() != nullptr) made.buckets = integer(tree->INT());
  return made;
}

CreateItem Builder::create_item(P::CreateItemContext* tree) {
  CreateItem made;
  if (auto* kind = as<P::CreateTableTypeContext>(tree)) {
    made.kind = CreateItem::Kind::table_type;
    made.name = name(kind->identifier());
  } else if (auto* spread = as<P::CreateDistributionContext>(tree)) {
    made = distribution(spread);
  } else if (auto* order = as<P::CreateOrderContext>(tree)) {
    made.kind = CreateItem::Kind::order_by;
    made.columns = names(order->columnList()->identifier());
  } else if (auto* index = as<P::CreateIndexContext>(tree)) {
    made.kind = CreateItem::Kind::index;
    made.name = name(index->identifier(0));
    made.columns = names(index->columnList()->identifier());
    if (index->K_USING() != nullptr) made.method = name(index->identifier(1));
  } else if (auto* properties = as<P::CreatePropertiesContext>(tree)) {
    made.kind = CreateItem::Kind::properties;
    made.properties = settings(properties->settings());
  } else if (auto* comment = as<P::CreateCommentContext>(tree)) {
    made.kind = CreateItem::Kind::comment;
    made.comment = expression(comment->expression());
  } else if (auto* native = as<P::CreateNativeContext>(tree)) {
    made.kind = CreateItem::Kind::native;
    made.native_text = dollar(native->DOLLAR());
  }
  made.span = span(tree);
  return made;
}

LoadPhase Builder::phase(P::PhaseContext* tree) {
  LoadPhase made;
  made.span = span(tree);
  if (as<P::SchemaPhaseContext>(tree) != nullptr) {
    made.kind = LoadPhase::Kind::schema;
  } else if (auto* full = as<P::FullPhaseContext>(tree)) {
    made.up_to_first_window = full->K_UP() != nullptr;
    if (full->intoPartition() != nullptr) made.into_partition = assignments(full->intoPartition()->assignment());
    made.write = write(full->writeMode());
  } else if (auto* part = as<P::IncrementalPhaseContext>(tree)) {
    made.kind = LoadPhase::Kind::incremental;
    incremental(part, made);
  }
  return made;
}

void Builder::incremental(P::IncrementalPhaseContext* tree, LoadPhase& made) {
  if (tree->condition() != nullptr) made.where = condition(tree->condition());
  if (tree->columnList() != nullptr) made.key = names(tree->columnList()->identifier());
  made.lookback = maybe_quantity(tree->quantity());
  if (tree->keyOrigin() != nullptr) {
    TerminalNode* word = last_word(tree->keyOrigin());
    made.from = Name{upper(word), false, span(word)};
  }
  made.write = write(tree->writeMode());
}

std::optional<Write> Builder::write(P::WriteModeContext* tree) const {
  if (tree == nullptr) return std::nullopt;
  const WriteMode mode = tree->K_RECREATE() != nullptr   ? WriteMode::recreate
                         : tree->K_TRUNCATE() != nullptr ? WriteMode::truncate
                         : tree->K_APPEND() != nullptr   ? WriteMode::append
                         : tree->K_UPSERT() != nullptr   ? WriteMode::upsert
                                                         : WriteMode::overwrite_partition;
  return Write{mode, span(tree)};
}

void Builder::split(P::SplitClauseContext* tree, Clause& made) {
  if (tree->K_OFF() != nullptr) made.word = "OFF";
  if (tree->identifier() != nullptr) made.names = {name(tree->identifier())};
  if (tree->columnList() != nullptr) made.names = names(tree->columnList()->identifier());
  if (tree->INT() != nullptr) made.chunks = integer(tree->INT());
}

void Builder::column_change(P::ColumnChangeClauseContext* tree, Clause& made) {
  if (tree->columnAction() != nullptr) made.word = upper(tree->columnAction());
  for (auto* one : tree->columnEvent()) {
    auto* event = as<TerminalNode>(one->children[0]);
    made.events.push_back(
        {Name{upper(event), false, span(event)}, Name{upper(one->columnAction()), false, span(one->columnAction())}});
  }
}

void Builder::deletes(P::DeletesClauseContext* tree, Clause& made) {
  made.word = upper(as<TerminalNode>(tree->children[1]));
  if (tree->identifier() != nullptr) made.names = {name(tree->identifier())};
  if (tree->number() != nullptr) {
    made.quantity =
        Quantity{std::string(map_.slice(span(tree->number()))), "%", {}, join(span(tree->number()), span(tree->PERCENT()))};
  }
}

void Builder::schedule_clause(P::ScheduleClauseContext* tree, Clause& made) {
  made.names = names(tree->identifier());
  if (tree->K_MANUAL() != nullptr) made.word = "MANUAL";
  if (tree->K_ONCE() != nullptr) made.word = "ONCE";
  if (tree->STRING() != nullptr) made.text = string(tree->STRING());
  made.quantity = maybe_quantity(tree->quantity());
}

}  // namespace syncline::parse
