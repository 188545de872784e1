#include "compiler/plan/plan.h"

#include "stdlib/base/hash.h"
#include "stdlib/types/value.h"

namespace syncline::plan {
namespace {

/// Fields behind one another, each with its length, so that no two different tables give one text.
class Fields {
 public:
  Fields& add(std::string_view text) {
    text_ += std::to_string(text.size()) + ":" + std::string(text);
    return *this;
  }
  Fields& add(std::int64_t number) { return add(std::string_view(std::to_string(number))); }
  Fields& add(const std::vector<std::string>& names) {
    add(static_cast<std::int64_t>(names.size()));
    for (const std::string& name : names) add(std::string_view(name));
    return *this;
  }
  [[nodiscard]] std::string digest() const { return hash::fast_hex(text_); }

 private:
  std::string text_;
};

std::string text_of(const expr::ExprPtr& expression) {
  return expression ? expr::to_text(*expression) : std::string();
}

void add_columns(const Table& table, Fields* fields) {
  fields->add(types::to_string(table.source)).add(types::to_text(table.source_schema)).add(table.read_key);
  for (const ColumnMapping& mapping : table.columns) {
    const expr::ColumnRecipe& recipe = mapping.recipe;
    fields->add(mapping.source_column).add(recipe.target_column).add(static_cast<std::int64_t>(recipe.kind)).add(recipe.source);
    fields->add(types::to_string(recipe.from)).add(types::to_string(recipe.to));
    fields->add(types::to_text(recipe.constant)).add(text_of(recipe.expression)).add(recipe.nullable ? 1 : 0);
  }
}

void add_load(const Load& load, Fields* fields) {
  fields->add(types::to_string(load.phase)).add(load.instance.window.start).add(load.instance.window.end);
  for (const expr::ExprPtr& value : load.partition) fields->add(text_of(value));
  fields->add(types::to_string(load.mode)).add(types::to_string(load.publish)).add(types::to_string(load.staging));
  fields->add(text_of(load.filter)).add(load.native_filter);
  for (const auto& [name, value] : load.native_binds) fields->add(name).add(text_of(value));
  if (!load.takes_part) fields->add("left out");
}

void add_values(const types::ValuePolicies& values, Fields* fields) {
  fields->add(values.zero_dates_null ? 1 : 0).add(values.nul_text_strip ? 1 : 0);
  fields->add(values.non_finite_null ? 1 : 0).add(values.invalid_enum_null ? 1 : 0);
}

}  // namespace

char symbol(Action action) {
  switch (action) {
    case Action::create:
      return '+';
    case Action::replace:
    case Action::append:
      return '>';
    case Action::merge:
      return '=';
    case Action::schema:
      return '~';
    case Action::none:
      return '.';
    case Action::blocked:
      return '!';
  }
  return '!';
}

const char* to_string(Action action) {
  switch (action) {
    case Action::create:
      return "create";
    case Action::replace:
      return "replace";
    case Action::append:
      return "append";
    case Action::merge:
      return "merge";
    case Action::schema:
      return "schema";
    case Action::none:
      return "none";
    case Action::blocked:
      return "blocked";
  }
  return "blocked";
}

bool selects(const Load& load) {
  return load.filter != nullptr || !load.native_filter.empty();
}

const Load* load_of(const Table& member, const Table& table, const Load& load) {
  for (std::size_t at = 0; at < table.loads.size() && at < member.loads.size(); ++at) {
    if (&table.loads[at] == &load) return &member.loads[at];
  }
  return nullptr;
}

std::string plan_hash(const Table& table, const Load& load) {
  Fields fields;
  fields.add(types::to_string(table.target)).add(table.schema_only ? 1 : 0).add(types::to_text(table.target_schema));
  for (const int column : table.load_columns) fields.add(column);
  for (const int column : table.add_columns) fields.add(column);
  for (const int column : table.widen_columns) fields.add(column);
  fields.add(table.key).add(table.relay ? 1 : 0);
  add_columns(table, &fields);
  add_load(load, &fields);
  for (const Table& member : table.members) {
    add_columns(member, &fields);
    if (const Load* own = load_of(member, table, load)) add_load(*own, &fields);
  }
  add_values(table.errors.values, &fields);
  return fields.digest();
}

}  // namespace syncline::plan
