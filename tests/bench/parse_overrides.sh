#!/bin/sh
# Speed of the parser and of fmt over N OVERRIDE statements (default 5,000; about 90 tokens each).
# Usage: tests/bench/parse_overrides.sh BUILD_DIR [N]. BUILD_DIR: a release build that holds the syncline_parse library.
set -eu
build=${1:?usage: parse_overrides.sh BUILD_DIR [N]}
count=${2:-5000}
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
awk -v n="$count" 'BEGIN {
  for (i = 0; i < n; i++) {
    printf "OVERRIDE shop_ods FOR TABLE shop.t_%d, shop.~\047t_%d_[0-9]+\047\n", i, i
    printf "COLUMNS (EXCLUDE ~\047_.*\047, RENAME uid TO user_id, CAST amount TO DECIMAL(18, 2), ADD src STRING = source.database)\n"
    printf "KEY (id, part)\nFILTER created >= :window_start AND created < :window_end AND NOT deleted\n"
    printf "LOAD FULL WRITE TRUNCATE\nSPLIT BY id INTO 8 CHUNKS\nLIMITS (page_size = 50000, read_rate = 50 MB PER SECOND);\n\n"
  }
}' > "$work/overrides.sync"
c++ -std=c++20 -O2 -I"$root" -I"$build/generated" "$root/tests/bench/parse_overrides.cpp" -o "$work/parse_overrides" \
  "$build/compiler/libsyncline_parse.a" "$build/grammar/libsyncline_grammar.a" "$build/compiler/libsyncline_diag.a" \
  "$build/stdlib/libsyncline_stdlib.a" -lantlr4-runtime -lfmt -lutf8proc -lcrypto -lxxhash -lpthread
for run in 1 2 3; do "$work/parse_overrides" "$work/overrides.sync"; done
