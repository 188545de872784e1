#include "connectors/sql/native_binds.h"

#include <algorithm>

#include "connectors/api/native_text.h"
#include "connectors/sql/condition_writer.h"

namespace syncline::connectors::sql {
namespace {

using Binds = std::vector<std::pair<std::string, types::Value>>;

template <class Values>
const auto& value_of(const Values& values, const std::string& name, std::string_view sign) {
  const auto found = std::find_if(values.begin(), values.end(), [&](const auto& one) { return one.first == name; });
  if (found == values.end()) throw_unsupported(std::string(sign) + name + " in native text (it has no value)");
  return found->second;
}

/// What takes the place of a range of the text.
struct Place {
  std::size_t begin = 0;
  std::size_t end = 0;
  SqlText text;
};

SqlText replace(std::string_view native, std::vector<Place> places) {
  std::sort(places.begin(), places.end(), [](const Place& a, const Place& b) { return a.begin < b.begin; });
  SqlText out;
  std::size_t done = 0;
  for (Place& place : places) {
    out.text += native.substr(done, place.begin - done);
    out.text += place.text.text;
    out.binds.insert(out.binds.end(), place.text.binds.begin(), place.text.binds.end());
    done = place.end;
  }
  out.text += native.substr(done);
  return out;
}

}  // namespace

SqlText substitute_binds(std::string_view native, const Binds& binds, const LexicalRules& rules,
                         const std::function<SqlText(const types::Value&)>& spell) {
  std::vector<Place> places;
  for (const auto& bind : fence(native, rules).binds)
    places.push_back({bind.begin, bind.end, spell(value_of(binds, bind.name, ":"))});
  return replace(native, std::move(places));
}

SqlText script_text(const ScriptStatement& statement, const LexicalRules& rules, const Dialect& dialect,
                    const std::function<SqlText(const types::Value&)>& spell) {
  const NativeText fenced = fence_statement(statement.text, rules);
  std::vector<Place> places;
  for (const auto& bind : fenced.binds)
    places.push_back({bind.begin, bind.end, spell(value_of(statement.binds, bind.name, ":"))});
  for (const auto& object : fenced.objects)
    places.push_back({object.begin, object.end, {dialect.quote(value_of(statement.objects, object.name, "")), {}}});
  return replace(statement.text, std::move(places));
}

}  // namespace syncline::connectors::sql
