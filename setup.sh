#!/usr/bin/env bash
# Installs what Syncline needs on Debian 12 or 13, and nothing that is there already.
#   setup.sh build    compiler, parser generator and client libraries
#   setup.sh tests    the above, and the database servers and Python drivers that the tests use
# Starts no service. Safe to call again.
set -euo pipefail

build_packages=(
  "g++|compiles Syncline" "cmake|builds" "ninja-build|builds" "pkg-config|finds libraries" "ccache|makes second builds quick"
  "antlr4|generates the parser" "libantlr4-runtime-dev|runs the parser"
  "default-libmysqlclient-dev|talks to MySQL and MariaDB" "libpq-dev|talks to PostgreSQL" "libsqlite3-dev|SQLite and the local state"
  "libfmt-dev|formats text" "libspdlog-dev|log files" "libcli11-dev|command line" "nlohmann-json3-dev|JSON" "libre2-dev|patterns"
  "libhowardhinnant-date-dev|time zones" "tzdata|time zones" "libtomlplusplus-dev|project file" "libutf8proc-dev|Unicode"
  "libxxhash-dev|fingerprints" "libssl-dev|hashes" "libboost-dev|exact arithmetic" "sqlite3|makes the sample database"
)
test_packages=(
  "libboost-test-dev|unit tests" "python3|end-to-end tests" "python3-psycopg2|independent reader of PostgreSQL"
  "python3-pymysql|independent reader of MySQL" "mariadb-server-core|private MariaDB for tests" "mariadb-client|private MariaDB for tests"
  "postgresql-common|private PostgreSQL for tests" "postgresql|private PostgreSQL for tests" "git|layering test" "procps|fault tests"
  "python3-jsonschema|SARIF against its schema" "python3-yaml|samples of CI files" "patch|differences of fixes"
)
# Formatters differ by version, and Debian 13 has none as old as this.
if grep -q '^VERSION_CODENAME=bookworm' /etc/os-release 2>/dev/null; then
  test_packages+=("clang-format-14|format check" "clang-14|fuzz tests" "libclang-rt-14-dev|fuzz tests")
else
  test_packages+=("clang-19|fuzz tests" "libclang-rt-19-dev|fuzz tests")
fi

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

missing_of() {
  local entry name
  for entry in "$@"; do
    name=${entry%%|*}
    dpkg-query -W -f='${Status}' "$name" 2>/dev/null | grep -q 'ok installed' || printf '%s\n' "$entry"
  done
}

refuse_without_apt() {
  command -v apt-get >/dev/null && command -v dpkg-query >/dev/null && return
  printf 'setup.sh: no apt-get on this machine. Install the equivalents of these Debian packages, then build with\n'
  printf '  cmake --preset release && cmake --build --preset release\n\n'
  printf '  %s\n' "${build_packages[@]%%|*}" "${test_packages[@]%%|*}"
  exit 2
} >&2

refuse_without_rights() {
  [ "$(id -u)" = 0 ] || command -v sudo >/dev/null || {
    printf 'setup.sh: needs root or sudo to install packages: run it as root once, then again as yourself.\n' >&2
    exit 2
  }
}

# PostgreSQL's package makes and starts a cluster unless told not to; tests make their own.
no_system_cluster() {
  [ -d /etc/postgresql-common/createcluster.d ] || as_root mkdir -p /etc/postgresql-common/createcluster.d
  printf "create_main_cluster = false\n" | as_root tee /etc/postgresql-common/createcluster.d/no-main-cluster.conf >/dev/null
}

install() {
  local missing
  mapfile -t missing < <(missing_of "$@")
  [ "${#missing[@]}" -gt 0 ] || return 0
  refuse_without_rights
  printf 'setup.sh: installing\n'
  printf '%s\n' "${missing[@]}" | sed 's/|/: /; s/^/  /'
  export DEBIAN_FRONTEND=noninteractive
  as_root apt-get update -qq
  case " ${missing[*]%%|*} " in *" postgresql "*) no_system_cluster ;; esac
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]%%|*}" >/dev/null
}

refuse_without_apt
case "${1:-}" in
  build) install "${build_packages[@]}" ;;
  tests) install "${build_packages[@]}" "${test_packages[@]}" ;;
  *) printf 'usage: setup.sh build | tests\n' >&2; exit 2 ;;
esac
