#include "runtime/exec/parameters.h"

#include <map>
#include <memory>

#include "runtime/introspect/resolve.h"

namespace syncline::exec {

expr::Environment run_environment(const plan::Plan& plan, const RunOptions& options) {
  auto values =
      std::make_shared<std::map<std::string, types::Value, std::less<>>>(plan.parameters.begin(), plan.parameters.end());
  (*values)["started_at"] = types::Timestamp{options.started_at};
  (*values)["run_id"] = options.run_id;
  for (const auto& [name, reference] : plan.secret_parameters) {
    (*values)[name] = std::string(introspect::resolve_secret("parameter " + name, reference).reveal());
  }
  expr::Environment environment;
  environment.timezone = plan.source_timezone;
  environment.parameter = [values](std::string_view name) -> types::Value {
    const auto found = values->find(name);
    if (found == values->end()) throw expr::EvaluationError("`:" + std::string(name) + "` is not known");
    return found->second;
  };
  return environment;
}

}  // namespace syncline::exec
