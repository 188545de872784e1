#!/usr/bin/env bash
# Runs the fuzz targets (README.md of this folder).
#   run.sh build [quick]              builds them, with Clang, into build/fuzz; quick: in half the time, for the minute of CI
#   run.sh TARGET 15s                 so long, from the corpus of the tree, which stays as it is: what CI does
#   run.sh TARGET|all EXECUTIONS      so many, in rounds that keep the corpus small; all: in equal parts
#   run.sh keep TARGET|all            puts the corpus of such runs, minimised, into the tree
# TARGET: lexer, parser, checker or lock. Stops at the first finding, which stays in FOLDER/findings.
# FUZZ_FOLDER (default build/fuzz/work): corpus, findings and counts of long runs. FUZZ_JOBS (default 1): processes at a time.
# FUZZ_LONGEST: bytes of the longest input; short ones are many more in the same time.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
build=$root/build/fuzz
folder=${FUZZ_FOLDER:-$build/work}
targets=(lexer parser checker lock)
round=${FUZZ_ROUND:-1000000} # a process forgets what ANTLR has learned of decisions, which only grows
kept_bytes=100000            # of a target's corpus in the tree

# Leaks are looked for by the other tests; here they cost half the speed. Allocations are told without the calls that led to them.
export ASAN_OPTIONS=detect_leaks=0:allocator_may_return_null=1:malloc_context_size=0:quarantine_size_mb=16
export UBSAN_OPTIONS=print_stacktrace=1

binary() {
  local file=$build/tests/fuzz/fuzz_$1
  [ -x "$file" ] || { echo "run.sh: there is no $file; tests/fuzz/run.sh build makes it" >&2; exit 2; }
  printf '%s' "$file"
}

options() {
  local longest=1500
  case $1 in
    lexer) longest=300 ;;
    parser) longest=600 ;;
  esac
  printf '%s\n' -entropic=0 -detect_leaks=0 -max_len="${FUZZ_LONGEST:-$longest}" -timeout=20 -rss_limit_mb=3000 -print_final_stats=1 -dict="$build/tests/fuzz/sync.dict"
}

# The scripts of the tree are seeds too: what they show need not stand in the corpus.
seeds() {
  printf '%s\n' "$here/corpus/$1"
  case $1 in
    lexer | parser | checker) printf '%s\n' "$root"/samples "$root"/tests/golden/{parse,fmt,syntax} ;;
  esac
  [ "$1" != checker ] || printf '%s\n' "$root"/tests/golden/check/*/
  [ "$1" != lock ] || printf '%s\n' "$root"/tests/golden/check/lock/catalog
}

executed() { sed -n 's/^stat::number_of_executed_units: *//p' "$1"; }

say_finding() {
  tail -60 "$1" >&2
  printf '\nrun.sh: %s found something; the input is in %s\n' "$2" "$3" >&2
  exit 1
}

timed() { # TARGET SECONDS
  local work log run
  run=$(binary "$1")
  work=$(mktemp -d)
  log=$work/log
  mapfile -t flags < <(options "$1")
  mapfile -t from < <(seeds "$1")
  mkdir -p "$work/corpus" "$build/findings"
  "$run" "${flags[@]}" -max_total_time="$2" -artifact_prefix="$build/findings/$1-" "$work/corpus" "${from[@]}" >"$log" 2>&1 ||
    say_finding "$log" "$1" "$build/findings"
  printf '%s: %s executions in %s s\n' "$1" "$(executed "$log")" "$2"
  rm -rf "$work"
}

counted() { # TARGET EXECUTIONS
  local run log count done=0 corpus=$folder/$1/corpus
  run=$(binary "$1")
  mkdir -p "$corpus" "$folder/findings"
  log=$folder/$1/log
  count=$folder/$1/executions # over all runs
  [ -s "$count" ] || echo 0 >"$count"
  mapfile -t flags < <(options "$1")
  mapfile -t from < <(seeds "$1")
  while [ "$done" -lt "$2" ]; do
    "$run" "${flags[@]}" -runs=$((round < $2 - done ? round : $2 - done)) -artifact_prefix="$folder/findings/$1-" "$corpus" "${from[@]}" \
      >"$log" 2>&1 || say_finding "$log" "$1" "$folder/findings"
    done=$((done + $(executed "$log")))
    echo $(($(cat "$count") + $(executed "$log"))) >"$count"
    printf '%s %s: %s of %s executions, %s in all; %s\n' "$(date -u +%H:%M:%S)" "$1" "$done" "$2" "$(cat "$count")" \
      "$(grep -o 'cov: .*' "$log" | tail -1)"
    minimise "$1"
  done
}

minimise() { # TARGET: the smallest corpus that reaches the same
  local run corpus=$folder/$1/corpus fresh=$folder/$1/fresh
  run=$(binary "$1")
  rm -rf "$fresh" && mkdir -p "$fresh"
  mapfile -t flags < <(options "$1")
  "$run" "${flags[@]}" -merge=1 "$fresh" "$corpus" >"$folder/$1/merge.log" 2>&1 || say_finding "$folder/$1/merge.log" "$1" "$folder/$1"
  rm -rf "$corpus" && mv "$fresh" "$corpus"
}

keep() { # TARGET: small inputs first, as many as fit
  local bytes=0 size file
  minimise "$1"
  mkdir -p "$here/corpus/$1"
  find "$here/corpus/$1" -type f -delete
  while read -r size file; do
    bytes=$((bytes + size))
    [ "$bytes" -le "$kept_bytes" ] || break
    cp "$file" "$here/corpus/$1/$(basename "$file" | cut -c1-12)"
  done < <(find "$folder/$1/corpus" -type f -printf '%s %p\n' | sort -n)
  du -sh --apparent-size "$here/corpus/$1"
}

each() { # COMMAND TARGET|all [ARGUMENT]
  if [ "$2" != all ]; then "$@"; return; fi
  printf '%s\n' "${targets[@]}" | xargs -P "${FUZZ_JOBS:-1}" -I{} "$here/run.sh" $([ "$1" = keep ] && echo keep) {} ${3:+$(($3 / ${#targets[@]}))}
}

case "${1:-}" in
  build)
    optimised=-O1
    [ "${2:-}" != quick ] || optimised=-O0
    cmake --preset fuzz -S "$root" --log-level=WARNING "-DCMAKE_CXX_FLAGS_RELWITHDEBINFO=$optimised -gline-tables-only"
    cmake --build "$build" --target fuzz -- ${FUZZ_JOBS:+-j "$FUZZ_JOBS"}
    ;;
  keep) each keep "${2:-all}" ;;
  lexer | parser | checker | lock | all)
    case "${2:-}" in
      *[!0-9s]* | '') echo "run.sh: how many executions, or how many seconds (15s)?" >&2; exit 2 ;;
      *s) timed "$1" "${2%s}" ;;
      *) each counted "$1" "$2" ;;
    esac
    ;;
  *) sed -n '2,10s/^# //p' "$0" >&2; exit 2 ;;
esac
