#include <algorithm>

#include "compiler/analyze/parameters.h"
#include "compiler/analyze/typer.h"
#include "compiler/analyze/types.h"
#include "compiler/bound/expression_text.h"
#include "stdlib/base/text.h"

namespace syncline::analyze {
namespace {

using expr::Phase;
using expr::Type;

std::vector<std::string> parameter_names(const bound::Unit* unit) {
  std::vector<std::string> names = predeclared_names();
  if (unit == nullptr) return names;
  for (const auto& entry : unit->parameters) names.push_back(entry.first);
  return names;
}

std::vector<std::string> property_names(const connectors::EngineInfo* engine, const std::string& object) {
  std::vector<std::string> names = {object + ".connection"};
  if (engine == nullptr) return names;
  for (const auto level : engine->levels) names.push_back(object + "." + std::string(level));
  return names;
}

std::string last_parts(const ast::Expr& e) {
  return bound::to_text(e);
}

}  // namespace

bool Typer::late(const ast::Expr& e, Phase phase, const std::string& name) {
  if (phase <= scope_.latest) return false;
  const std::string when = !scope_.when.empty()           ? scope_.when
                           : scope_.latest == Phase::plan ? "the plan is made"
                                                          : "a run starts";
  auto finding = diag::TooLate(scope_.what, when, name)
                     .at(e.span, phase == Phase::row ? "a column: known for each row only" : "known when a run starts");
  if (phase == Phase::row) std::move(finding).with_help("a text is written in single quotes: '" + name + "'");
  sink_.emit(std::move(finding));
  return true;
}

expr::ExprPtr Typer::parameter(const ast::Expr& e) {
  const auto* unit = scope_.unit;
  const bound::Parameter* declared = nullptr;
  if (unit != nullptr) {
    const auto found = unit->parameters.find(e.text);
    if (found != unit->parameters.end()) declared = &found->second;
  }
  if (declared == nullptr || is_predeclared(e.text)) {
    auto made = predeclared(e.text, scope_.per_instance ? nullptr : unit);
    if (made) return late(e, made->phase, ":" + e.text) ? nullptr : made;
    sink_.emit(unknown_parameter(e.text, e.span, parameter_names(unit)));
    return nullptr;
  }
  const bool secret = !declared->secret_reference.empty();
  if (secret && (scope_.latest == Phase::plan || scope_.pushed_to != nullptr)) {
    sink_.emit(diag::SecretUse(e.text, scope_.pushed_to != nullptr ? "a condition" : "names")
                   .at(e.span)
                   .also(declared->span, "a SECRET"));
    return nullptr;
  }
  if (late(e, declared->phase, ":" + e.text)) return nullptr;
  if (declared->computed && (scope_.per_instance || !declared->known)) return declared->computed;
  auto made = std::make_shared<expr::Expr>();
  made->op = declared->known ? expr::Op::constant : expr::Op::parameter;
  made->type = declared->type;
  made->phase = secret ? Phase::run : declared->phase;
  made->secret = secret;
  made->value = declared->value;
  made->name = e.text;
  return made;
}

expr::ExprPtr Typer::path(const ast::Expr& e) {
  if (e.path.size() == 1) return column(e);
  if (e.path.size() == 2) return property(e);
  sink_.emit(diag::UnknownProperty(bound::to_text(e)).at(e.span));
  return nullptr;
}

expr::ExprPtr Typer::column(const ast::Expr& e) {
  const std::string& name = e.path[0].text;
  if (late(e, Phase::row, name)) return nullptr;
  auto made = std::make_shared<expr::Expr>();
  made->op = expr::Op::column;
  made->phase = Phase::row;
  made->name = name;
  if (!scope_.column) return made;
  const auto type = scope_.column(name, &made->name);
  if (!type) {
    sink_.emit(diag::UnknownColumn(name, scope_.table).at(e.span).did_you_mean(name, scope_.column_names));
    return nullptr;
  }
  made->column_type = *type;
  made->type = expression_type(*type);
  return made;
}

expr::ExprPtr Typer::property(const ast::Expr& e) {
  const std::string& object = e.path[0].text;
  const std::string& name = e.path[1].text;
  if (object == "match") return match(e);
  if (object == "column" && name == "name") return known_text(e, scope_.names != nullptr ? scope_.names->column : "");
  if (object == "source" || object == "target") {
    if (name == "connection" && scope_.names != nullptr)
      return known_text(e, object == "source" ? scope_.names->source_connection : scope_.names->target_connection);
    if (name == "connection") return known_text(e, "");
    return level_property(e, object == "source");
  }
  std::vector<std::string> known = {"source.table", "source.database", "source.schema", "target.table", "column.name"};
  if (const auto meant = text::did_you_mean(object, {"source", "target", "match", "column"})) known = {*meant + "." + name};
  sink_.emit(diag::UnknownProperty(last_parts(e)).at(e.span).did_you_mean(last_parts(e), known));
  return nullptr;
}

expr::ExprPtr Typer::level_property(const ast::Expr& e, bool source) {
  const std::string& name = e.path[1].text;
  const auto* engine = source ? scope_.source_engine : scope_.target_engine;
  const bool level = name == "table" || name == "database" || name == "schema";
  if (!level) {
    sink_.emit(
        diag::UnknownProperty(last_parts(e)).at(e.span).did_you_mean(last_parts(e), property_names(engine, e.path[0].text)));
    return nullptr;
  }
  const bool by_names =
      source && engine == nullptr && scope_.names != nullptr && name != "table" && name != scope_.names->container_level;
  const bool by_engine =
      engine != nullptr && std::find(engine->levels.begin(), engine->levels.end(), name) == engine->levels.end();
  if (by_names || by_engine) {
    const std::string engine_name = engine != nullptr ? std::string(engine->name) : "the source";
    auto finding = diag::NoSuchLevel(engine_name, name, last_parts(e)).at(e.span);
    const std::string container = engine != nullptr
                                      ? (engine->has_container() ? std::string(engine->levels[engine->levels.size() - 2]) : "")
                                      : scope_.names->container_level;
    if (!container.empty()) {
      const std::string better = e.path[0].text + "." + container;
      std::move(finding).with_help("use `" + better + "`").with_fix({e.span, better, "write `" + better + "`", true});
    }
    sink_.emit(std::move(finding));
    return nullptr;
  }
  if (scope_.names == nullptr) return known_text(e, "");
  const NameContext& names = *scope_.names;
  if (name == "table") return known_text(e, source ? names.source_table : names.target_table);
  return known_text(e, source ? names.source_container : names.target_container);
}

expr::ExprPtr Typer::match(const ast::Expr& e) {
  if (scope_.names == nullptr) return known_text(e, "");
  const auto found = scope_.names->captures.find(e.path[1].text);
  if (found != scope_.names->captures.end()) return known_text(e, found->second);
  sink_.emit(diag::UnknownProperty(bound::to_text(e)).at(e.span));
  return nullptr;
}

/// A constant, or while names are unknown (check) a text without value.
expr::ExprPtr Typer::known_text(const ast::Expr& e, const std::string& value) {
  auto made = std::make_shared<expr::Expr>();
  made->type = Type::string;
  if (scope_.names == nullptr) {
    made->op = expr::Op::parameter;
    made->name = bound::to_text(e);
  } else {
    made->value = value;
  }
  return made;
}

}  // namespace syncline::analyze
