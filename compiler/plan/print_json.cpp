#include <nlohmann/json.hpp>

#include "compiler/plan/print.h"
#include "compiler/plan/summary.h"
#include "stdlib/base/text.h"
#include "stdlib/types/value.h"

namespace syncline::plan {
namespace {

using Json = nlohmann::ordered_json;
using Ddl = std::function<std::vector<std::string>(const Sync&, const Table&)>;

const char* to_string(expr::ColumnRecipe::Kind kind) {
  switch (kind) {
    case expr::ColumnRecipe::Kind::pass:
      return "pass";
    case expr::ColumnRecipe::Kind::convert:
      return "convert";
    case expr::ColumnRecipe::Kind::constant:
      return "constant";
    case expr::ColumnRecipe::Kind::expression:
      return "expression";
  }
  return "pass";
}

Json name_json(const types::ObjectName& name) {
  Json json;
  if (!name.container.empty()) json["container"] = name.container;
  json["table"] = name.table;
  return json;
}

Json finding_json(const diag::Diagnostic& finding) {
  Json json;
  json["code"] = diag::info(finding.code).text;
  json["name"] = diag::info(finding.code).name;
  json["severity"] = diag::to_string(finding.severity);
  json["message"] = finding.message;
  json["column"] = finding.column;
  json["help"] = finding.help;
  return json;
}

Json column_json(const Table& table, const ColumnMapping& mapping) {
  const expr::ColumnRecipe& recipe = mapping.recipe;
  const types::Column* source = mapping.source_column.empty() ? nullptr : table.source_schema.find_column(mapping.source_column);
  const types::Column* target = table.target_schema.find_column(recipe.target_column);
  Json json;
  json["source"] = mapping.source_column.empty() ? Json() : Json(mapping.source_column);
  json["source_type"] = source ? Json(source->native.text) : Json();
  json["target"] = recipe.target_column;
  json["target_type"] = target ? Json(target->native.text) : Json();
  json["logical"] = types::to_string(recipe.to);
  json["nullable"] = target ? target->nullable : recipe.nullable;
  json["how"] = to_string(recipe.kind);
  if (recipe.kind == expr::ColumnRecipe::Kind::constant) json["value"] = types::to_text(recipe.constant);
  if (recipe.expression) json["value"] = expr::to_text(*recipe.expression);
  if (!mapping.note.empty()) json["note"] = mapping.note;
  return json;
}

Json change_json(const ColumnChange& change) {
  Json json;
  json["column"] = change.column;
  json["event"] = to_string(change.event);
  json["action"] = to_string(change.action);
  json["from"] = change.from.empty() ? Json() : Json(change.from);
  json["to"] = change.to.empty() ? Json() : Json(change.to);
  json["reason"] = change.sentence;
  return json;
}

Json change_json(const TableChange& change) {
  Json json;
  json["table"] = name_json(change.source);
  json["event"] = to_string(change.event);
  json["target"] = change.target.table.empty() ? Json() : name_json(change.target);
  json["reason"] = change.sentence;
  return json;
}

Json index_json(const types::Index& index) {
  Json json;
  json["name"] = index.name;
  json["unique"] = index.unique;
  json["columns"] = Json::array();
  for (const types::IndexColumn& column : index.columns) json["columns"].push_back(column.name);
  return json;
}

Json foreign_key_json(const types::ForeignKey& key) {
  Json json;
  json["name"] = key.name;
  json["columns"] = key.columns;
  json["references"] = name_json(key.referenced);
  json["referenced_columns"] = key.referenced_columns;
  return json;
}

void add_shape(const Table& table, Json* json) {
  (*json)["columns"] = Json::array();
  for (const ColumnMapping& mapping : table.columns) (*json)["columns"].push_back(column_json(table, mapping));
  (*json)["add_columns"] = Json::array();
  for (const int index : table.add_columns)
    (*json)["add_columns"].push_back(table.target_schema.columns[static_cast<std::size_t>(index)].name);
  (*json)["widen_columns"] = Json::array();
  for (const int index : table.widen_columns)
    (*json)["widen_columns"].push_back(table.target_schema.columns[static_cast<std::size_t>(index)].name);
  (*json)["column_changes"] = Json::array();
  for (const ColumnChange& change : table.column_changes) (*json)["column_changes"].push_back(change_json(change));
  (*json)["primary_key"] = table.target_schema.primary_key.columns;
  (*json)["key"] = table.key;
  (*json)["indexes"] = Json::array();
  for (const types::Index& index : table.target_schema.indexes) (*json)["indexes"].push_back(index_json(index));
  const types::NativePartitions& partitions = table.target_schema.native_partitions;
  if (partitions.kind != types::NativePartitions::Kind::none) {
    (*json)["partitions"] = {{"by", types::to_string(partitions)}, {"columns", partitions.columns}};
  }
  (*json)["foreign_keys"] = Json::array();
  for (const types::ForeignKey& key : table.foreign_keys) (*json)["foreign_keys"].push_back(foreign_key_json(key));
}

Json load_json(const Load& load) {
  Json json;
  json["phase"] = types::to_string(load.phase);
  json["mode"] = types::to_string(load.mode);
  json["publish"] = types::to_string(load.publish);
  json["staging"] = types::to_string(load.staging);
  json["filter"] = load.filter                  ? Json(expr::to_text(*load.filter))
                   : load.native_filter.empty() ? Json()
                                                : Json(load.native_filter);
  if (load.windowed) {
    const auto instant = [](std::int64_t micros) { return types::to_text(types::Timestamp{micros}); };
    json["scheduled_at"] = instant(load.instance.scheduled_at);
    json["window"] = {{"start", instant(load.instance.window.start)}, {"end", instant(load.instance.window.end)}};
  }
  if (!load.partition.empty()) {
    json["partition"] = Json::array();
    for (const expr::ExprPtr& value : load.partition) json["partition"].push_back(expr::to_text(*value));
  }
  if (load.key) {
    json["increment_key"] = Json::array();
    for (const types::Column& column : load.key->columns) json["increment_key"].push_back(column.name);
    json["from"] = load.key->from_target ? "target" : "state";
  }
  return json;
}

/// A table of a shard group: what is its own.
Json member_json(const Table& member) {
  Json json;
  json["source"] = name_json(member.source);
  json["estimated_rows"] = member.source_schema.row_estimate < 0 ? Json() : Json(member.source_schema.row_estimate);
  json["discriminators"] = Json::object();
  for (const Discriminator& one : member.discriminators) json["discriminators"][one.column] = types::to_text(one.value);
  json["missing_columns"] = Json::array();
  for (const ColumnMapping& mapping : member.columns) {
    if (!mapping.source_column.empty() && member.source_schema.find_column(mapping.source_column) == nullptr)
      json["missing_columns"].push_back(mapping.source_column);
  }
  json["loads"] = Json::array();
  for (const Load& load : member.loads) json["loads"].push_back(load.takes_part);
  return json;
}

Json hooks_json(const std::vector<Hook>& before, const std::vector<Hook>& after) {
  Json list = Json::array();
  for (const auto* hooks : {&before, &after}) {
    for (const Hook& hook : *hooks) {
      Json binds = Json::object();
      for (const auto& [name, value] : hook.binds) binds[name] = expr::to_text(*value);
      list.push_back({{"when", hook.when}, {"statement", hook.text}, {"binds", std::move(binds)}});
    }
  }
  return list;
}

Json split_json(const Split& split) {
  Json json;
  json["columns"] = Json::array();
  for (const types::Column& column : split.columns) json["columns"].push_back(column.name);
  json["chunks"] = split.chunks;
  json["readers"] = split.readers;
  json["reason"] = split.reason;
  return json;
}

Json table_json(const Sync& sync, const Table& table, const Ddl& ddl) {
  Json json;
  json["address"] = table.address;
  json["source"] = name_json(table.source);
  if (!table.members.empty()) {
    json["members"] = Json::array();
    for (const Table& member : table.members) json["members"].push_back(member_json(member));
  }
  json["target"] = name_json(table.target);
  json["action"] = plan::to_string(table.action);
  json["schema_only"] = table.schema_only;
  json["loads"] = Json::array();
  for (const Load& load : table.loads) json["loads"].push_back(load_json(load));
  json["relay"] = table.relay;
  json["exists"] = table.existing.has_value();
  json["managed"] = table.managed;
  json["new"] = table.is_new;
  json["needs_adoption"] = table.needs_adoption;
  if (table.split) json["split"] = split_json(*table.split);
  json["snapshot_group"] = table.snapshot_group;
  json["consistency"] = types::to_string(table.consistency);
  json["verify"] = types::to_string(table.verify);
  json["estimated_rows"] = table.source_schema.row_estimate < 0 ? Json() : Json(table.source_schema.row_estimate);
  json["estimated_bytes"] = table.source_schema.byte_estimate < 0 ? Json() : Json(table.source_schema.byte_estimate);
  json["reasons"] = table.reasons;
  add_shape(table, &json);
  json["hooks"] = hooks_json(table.before, table.after);
  json["findings"] = Json::array();
  for (const diag::Diagnostic& finding : table.findings) json["findings"].push_back(finding_json(finding));
  if (ddl && table.action != Action::blocked) json["ddl"] = ddl(sync, table);
  return json;
}

Json sync_json(const Plan& plan, const Sync& sync, const Ddl& ddl) {
  Json json;
  json["name"] = sync.name;
  json["source"] = connection_text(plan, sync.source_connection);
  json["target"] = connection_text(plan, sync.target_connection);
  json["create_containers"] = sync.create_containers;
  json["excluded"] = Json::array();
  for (const types::ObjectName& name : sync.excluded) json["excluded"].push_back(types::to_string(name));
  json["noted"] = sync.noted;
  json["table_changes"] = Json::array();
  for (const TableChange& change : sync.table_changes) json["table_changes"].push_back(change_json(change));
  json["hooks"] = hooks_json(sync.before, sync.after);
  json["tables"] = Json::array();
  for (const Table& table : sync.tables) json["tables"].push_back(table_json(sync, table, ddl));
  return json;
}

Json summary_json(const Plan& plan) {
  const Summary summary = summarize(plan);
  Json json;
  json["tables"] = summary.tables;
  for (const Action action :
       {Action::create, Action::replace, Action::append, Action::merge, Action::schema, Action::none, Action::blocked}) {
    const auto found = summary.actions.find(action);
    json[plan::to_string(action)] = found == summary.actions.end() ? 0 : found->second;
  }
  json["errors"] = summary.errors;
  json["warnings"] = summary.warnings;
  return json;
}

}  // namespace

std::string to_json(const Plan& plan, const Ddl& ddl) {
  Json json;
  json["version"] = plan.version;
  json["syncs"] = Json::array();
  for (const Sync& sync : plan.syncs) json["syncs"].push_back(sync_json(plan, sync, ddl));
  json["summary"] = summary_json(plan);
  return json.dump(2, ' ', false, Json::error_handler_t::replace);
}

}  // namespace syncline::plan
