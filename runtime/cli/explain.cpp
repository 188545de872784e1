#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <nlohmann/json.hpp>

#include "compiler/diag/render.h"
#include "runtime/cli/commands.h"
#include "stdlib/base/text.h"

namespace syncline::cli {

namespace {

/// The teaching text; without one the message, its arguments shown as "…".
std::string teaching_of(const diag::CodeInfo& code) {
  const std::string_view teaching = diag::explanation(code.code);
  if (!teaching.empty()) return std::string(teaching);
  std::string message(code.format);
  for (std::size_t at; (at = message.find("{}")) != std::string::npos;) message.replace(at, 2, "…");
  return message + "\n";
}

int list_codes(bool json) {
  if (json) {
    nlohmann::ordered_json out{{"version", 1}, {"codes", nlohmann::ordered_json::array()}};
    for (const diag::CodeInfo& code : diag::catalogue())
      out["codes"].push_back({{"code", code.text}, {"name", code.name}, {"severity", diag::to_string(code.severity)}});
    fmt::print(stdout, "{}\n", out.dump(2));
    return kOk;
  }
  for (const diag::CodeInfo& code : diag::catalogue())
    fmt::print(stdout, "{}  {:<8}{}\n", code.text, diag::to_string(code.severity), code.name);
  return kOk;
}

int explain(std::string code, bool json) {
  if (code.empty()) return list_codes(json);
  std::transform(code.begin(), code.end(), code.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  const diag::CodeInfo* known = diag::find_code(code);
  if (known == nullptr) {
    std::vector<std::string> codes;
    for (const diag::CodeInfo& one : diag::catalogue()) codes.emplace_back(one.text);
    const auto close = text::did_you_mean(code, codes);
    throw UsageError{
        fmt::format("no code `{}`", text::printable(code)),
        close ? fmt::format("did you mean {}? `syncline explain` lists all", *close) : "`syncline explain` lists all codes"};
  }
  const std::string teaching = teaching_of(*known);
  if (json) {
    const nlohmann::ordered_json out{{"version", 1},
                                     {"code", known->text},
                                     {"name", known->name},
                                     {"severity", diag::to_string(known->severity)},
                                     {"text", teaching}};
    fmt::print(stdout, "{}\n", out.dump(2));
    return kOk;
  }
  fmt::print(stdout, "{} {} ({})\n\n{}", known->text, known->name, diag::to_string(known->severity), teaching);
  return kOk;
}

}  // namespace

void add_explain(CLI::App& app, Action& action) {
  CLI::App* command = app.add_subcommand("explain", "what a diagnostic code means, with an example and the cure");
  auto code = std::make_shared<std::string>();
  examples(*command,
           "  syncline explain SY1010      one code\n"
           "  syncline explain             all codes, a line each");
  command->add_option("code", *code, "SYnnnn")->type_name("CODE");
  auto format = std::make_shared<std::string>("human");
  command->add_option("--format", *format, "form of the output: human|json")
      ->check(CLI::IsMember({"human", "json"}))
      ->type_name("FORM");
  command->callback([code, format, &action] { action = [code, format] { return explain(*code, *format == "json"); }; });
}

}  // namespace syncline::cli
