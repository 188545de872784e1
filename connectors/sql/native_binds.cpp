#include "connectors/sql/native_binds.h"

#include <algorithm>

#include "connectors/api/native_text.h"
#include "connectors/sql/condition_writer.h"

namespace syncline::connectors::sql {
namespace {

using Binds = std::vector<std::pair<std::string, types::Value>>;

const types::Value& value_of(const Binds& binds, std::string_view name) {
  const auto found = std::find_if(binds.begin(), binds.end(), [&](const auto& bind) { return bind.first == name; });
  if (found == binds.end()) throw_unsupported(":" + std::string(name) + " in native text (it has no value)");
  return found->second;
}

}  // namespace

SqlText substitute_binds(std::string_view native, const Binds& binds, const LexicalRules& rules,
                         const std::function<SqlText(const types::Value&)>& spell) {
  SqlText out;
  std::size_t done = 0;
  for (const auto& bind : fence(native, rules).binds) {
    const SqlText spelled = spell(value_of(binds, bind.name));
    out.text += native.substr(done, bind.begin - done);
    out.text += spelled.text;
    out.binds.insert(out.binds.end(), spelled.binds.begin(), spelled.binds.end());
    done = bind.end;
  }
  out.text += native.substr(done);
  return out;
}

}  // namespace syncline::connectors::sql
