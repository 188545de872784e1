#!/usr/bin/env bash
# Every hand-written C++ file is as clang-format writes it.
set -euo pipefail
cd "$(dirname "$0")/../.."
git ls-files '*.cpp' '*.h' | xargs clang-format-14 --dry-run -Werror
printf 'format: clean\n'
