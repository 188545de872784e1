#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>

#include "compiler/diag/render.h"
#include "runtime/cli/commands.h"
#include "stdlib/base/text.h"

namespace syncline::cli {

namespace {

int list_codes() {
  for (const diag::CodeInfo& code : diag::catalogue())
    fmt::print(stdout, "{}  {:<8}{}\n", code.text, diag::to_string(code.severity), code.name);
  return kOk;
}

int explain(std::string code) {
  if (code.empty()) return list_codes();
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
  fmt::print(stdout, "{} {} ({})\n\n", known->text, known->name, diag::to_string(known->severity));
  const std::string_view teaching = diag::explanation(known->code);
  fmt::print(stdout, "{}", teaching.empty() ? fmt::format("{}\n", known->format) : std::string(teaching));
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
  command->callback([code, &action] { action = [code] { return explain(*code); }; });
}

}  // namespace syncline::cli
