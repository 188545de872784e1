// Parses, prints and formats one script and says how long each took. Built and fed by parse_overrides.sh.
#include <chrono>
#include <cstdio>
#include <fstream>
#include <sstream>

#include "compiler/ast/format.h"
#include "compiler/parse/parse.h"

int main(int, char** argv) {
  std::ifstream file(argv[1], std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  syncline::source::SourceSet sources;
  const auto id = sources.add(argv[1], text.str());
  syncline::diag::Sink sink;
  const auto start = std::chrono::steady_clock::now();
  const auto script = syncline::parse::parse(sources, id, sink);
  const auto parsed = std::chrono::steady_clock::now();
  const std::string formatted = syncline::ast::format(script, sources);
  const auto done = std::chrono::steady_clock::now();
  const auto seconds = [](auto from, auto to) { return std::chrono::duration<double>(to - from).count(); };
  std::printf("%zu statements, %zu bytes: parse %.2f s, format %.2f s, %zu errors\n", script.statements.size(), text.str().size(),
              seconds(start, parsed), seconds(parsed, done), sink.errors());
  return sink.has_errors() || formatted.empty() ? 1 : 0;
}
