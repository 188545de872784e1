#!/usr/bin/env bash
# Installs what the tests need, builds, and passes them. On two cores a first run takes 37 minutes.
#   tests/run.sh [ctest arguments]      for example: tests/run.sh -L unit
# Three builds: the checked one (AddressSanitizer, UndefinedBehaviorSanitizer) runs unit, mutation, conformance and fault tests,
# the release one golden and end-to-end tests and samples, and Clang builds the fuzz targets. The last act is one ctest call over all.
set -euo pipefail
cd "$(dirname "$0")/.."
./setup.sh tests
# The compiler cache serves a clone wherever it lies; it asks the compiler what a file includes instead of preprocessing it once more.
export CCACHE_BASEDIR="$PWD" CCACHE_NOHASHDIR=1 CCACHE_DEPEND=1
# Eight files at a time: what they share is compiled once, which is twice as fast from nothing.
unity=-DCMAKE_UNITY_BUILD=ON

# Servers and tests keep their files in memory where that leaves enough of it: a quarter of the tests' time goes into files otherwise.
folder=/tmp
free_kib() { df --output=avail -k "$1" | tail -n 1; }
if [ -w /dev/shm ] && [ "$(free_kib /dev/shm)" -gt $((6 << 20)) ] && [ "$(awk '/^MemAvailable/ { print $2 }' /proc/meminfo)" -gt $((12 << 20)) ]; then
  folder=/dev/shm
fi

cmake --preset asan $unity --log-level=WARNING
cmake --build --preset asan -- -k 0
tests/fuzz/run.sh build quick
cmake --preset release $unity --log-level=WARNING -DSYNCLINE_CHECKED_BUILD="$PWD/build/asan" -DSYNCLINE_TEST_FOLDER="$folder"
cmake --build --preset release -- -k 0
# Twice as many tests as there are cores: they wait for servers much of their time.
TMPDIR=$folder exec ctest --test-dir build/release --output-on-failure --no-tests=error -j "${SYNCLINE_TEST_JOBS:-$(($(nproc) * 2))}" "$@"
