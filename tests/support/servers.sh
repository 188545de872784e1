#!/usr/bin/env bash
# A private MariaDB and PostgreSQL for tests, on free loopback ports and in a directory of their own.
#   servers.sh start DIR    starts both (again: does nothing), writes DIR/env with their addresses
#   servers.sh stop DIR     stops what start started, by pid, and removes DIR
# Speed over durability, as nothing here outlives the tests; SYNCLINE_DURABLE=1 keeps fsync and larger caches, for benchmarks.
# SYNCLINE_MYSQLD=/usr/sbin/mysqld starts that server of Oracle's (8.0 or later) in MariaDB's place.
# The client programs of MariaDB 11.4 and later ask for TLS by themselves, hence --skip-ssl.
# SYNCLINE_TLS=FOLDER with server.crt and server.key makes MariaDB and PostgreSQL offer TLS; without it neither does.
set -euo pipefail
command=${1:?start or stop}
dir=${2:?a directory}

free_port() { python3 -c 'import socket; s=socket.socket(); s.bind(("127.0.0.1",0)); print(s.getsockname()[1])'; }
alive() { [ -s "$1" ] && kill -0 "$(head -n 1 "$1")" 2>/dev/null; }
pg_bin() { ls -d /usr/lib/postgresql/*/bin | sort -V | tail -n 1; }
as_postgres() { if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi; }

start_postgres() {
  local data=$dir/pg port bin
  alive "$data/postmaster.pid" && return
  port=$(free_port) bin=$(pg_bin)
  mkdir -p "$data" && chmod 700 "$data"
  [ "$(id -u)" != 0 ] || chown -R postgres: "$data"
  (cd / && as_postgres "$bin/initdb" -D "$data" -A trust -U postgres --encoding=UTF8 --locale=C.UTF-8 -N) >"$dir/initdb.log" 2>&1 || { cat "$dir/initdb.log" >&2; exit 1; }
  cat >>"$data/postgresql.conf" <<C
port=$port
listen_addresses='127.0.0.1'
unix_socket_directories=''
max_connections=300
max_prepared_transactions=10
C
  postgres_tls "$data"
  if [ -n "${SYNCLINE_DURABLE:-}" ]; then
    printf "max_wal_size=8GB\nshared_buffers=2GB\nmaintenance_work_mem=512MB\n"
  else
    printf "max_wal_size=1GB\nshared_buffers=256MB\nfsync=off\nfull_page_writes=off\nsynchronous_commit=off\n"
  fi >>"$data/postgresql.conf"
  (cd / && as_postgres "$bin/pg_ctl" -D "$data" -l "$data/server.log" -w -t 60 start) >/dev/null || { tail -n 20 "$data/server.log" >&2; exit 1; }
  echo "PG_PORT=$port" >>"$dir/env"
}

# The server takes a key only from its own user, readable for nobody else.
postgres_tls() {
  [ -n "${SYNCLINE_TLS:-}" ] || return 0
  cp "$SYNCLINE_TLS"/server.crt "$SYNCLINE_TLS"/server.key "$1"
  chmod 600 "$1/server.key"
  [ "$(id -u)" != 0 ] || chown postgres: "$1"/server.*
  printf "ssl=on\n" >>"$1/postgresql.conf"
}

start_mariadb() {
  local data=$dir/my port user
  alive "$dir/my.pid" && return
  port=$(free_port) user=$(id -un)
  local speed=(--innodb-flush-log-at-trx-commit=0 --innodb-doublewrite=0 --innodb-buffer-pool-size=512M --innodb-log-file-size=512M)
  [ -z "${SYNCLINE_DURABLE:-}" ] || speed=(--innodb-buffer-pool-size=4G --innodb-log-file-size=4G --innodb-io-capacity=10000)
  local tls=(--skip-ssl)
  [ -z "${SYNCLINE_TLS:-}" ] || tls=(--ssl-cert="$SYNCLINE_TLS/server.crt" --ssl-key="$SYNCLINE_TLS/server.key")
  # A server that starts removes the temporary tables of whoever shares its folder for them, and the other one crashes.
  mkdir -p "$dir/my-tmp"
  mariadb-install-db --no-defaults --user="$user" --datadir="$data" --auth-root-authentication-method=normal --skip-test-db >"$dir/install.log" 2>&1 || { tail "$dir/install.log" >&2; exit 1; }
  setsid mariadbd --no-defaults --user="$user" --datadir="$data" --tmpdir="$dir/my-tmp" --port="$port" --bind-address=127.0.0.1 --socket="$dir/my.sock" \
    --pid-file="$dir/my.pid" --log-error="$dir/my.err" --character-set-server=utf8mb4 --collation-server=utf8mb4_general_ci --sql-mode='' \
    --local-infile=1 "${speed[@]}" "${tls[@]}" \
    --max-allowed-packet=128M --skip-log-bin --max-connections=400 </dev/null >/dev/null 2>&1 &
  for _ in $(seq 120); do
    mariadb-admin --no-defaults --skip-ssl -S "$dir/my.sock" -uroot ping >/dev/null 2>&1 && break
    sleep 0.5
  done
  mariadb --no-defaults --skip-ssl -S "$dir/my.sock" -uroot -e "CREATE USER IF NOT EXISTS tester@'127.0.0.1' IDENTIFIED BY 'canary-7f3a'; GRANT ALL ON *.* TO tester@'127.0.0.1' WITH GRANT OPTION" || { tail -n 20 "$dir/my.err" >&2; exit 1; }
  write_mysql_settings "$port"
}

# Oracle's server: users come from a file, so that no client program is needed. `caching_sha2_password` keeps a password only after one
# session over TLS, and PyMySQL cannot do without.
start_oracle_mysql() {
  local data=$dir/my port user options
  alive "$dir/my.pid" && return
  port=$(free_port) user=$(id -un)
  options=(--no-defaults --user="$user" --datadir="$data" --log-error="$dir/my.err")
  "$SYNCLINE_MYSQLD" "${options[@]}" --initialize-insecure || { tail "$dir/my.err" >&2; exit 1; }
  echo "CREATE USER IF NOT EXISTS tester@'127.0.0.1' IDENTIFIED BY 'canary-7f3a'; GRANT ALL ON *.* TO tester@'127.0.0.1' WITH GRANT OPTION;" >"$dir/users.sql"
  setsid "$SYNCLINE_MYSQLD" "${options[@]}" --port="$port" --bind-address=127.0.0.1 --socket="$dir/my.sock" --pid-file="$dir/my.pid" \
    --init-file="$dir/users.sql" --mysqlx=OFF --secure-file-priv='' --sql-mode='' --local-infile=1 --max-allowed-packet=128M --skip-log-bin --max-connections=400 \
    --innodb-flush-log-at-trx-commit=0 --innodb-doublewrite=OFF --innodb-buffer-pool-size=512M --innodb-redo-log-capacity=512M \
    </dev/null >/dev/null 2>&1 &
  for _ in $(seq 120); do
    log_in_over_tls "$port" 2>/dev/null && break
    sleep 0.5
  done
  log_in_over_tls "$port" || { tail -n 20 "$dir/my.err" >&2; exit 1; }
  write_mysql_settings "$port"
}

log_in_over_tls() {
  /usr/bin/python3 -c "import pymysql; pymysql.connect(host='127.0.0.1', port=$1, user='tester', password='canary-7f3a', ssl={'verify_mode': 'none', 'check_hostname': False}).close()"
}

write_mysql_settings() {
  echo "MY_PORT=$1" >>"$dir/env"
  echo "MY_PASSWORD=canary-7f3a" >>"$dir/env"
  echo "MY_SOCKET=$dir/my.sock" >>"$dir/env"
}

stop_pid() {
  alive "$1" || return 0
  local pid
  pid=$(head -n 1 "$1")
  kill -"$2" "$pid"
  for _ in $(seq 60); do kill -0 "$pid" 2>/dev/null || return 0; sleep 0.5; done
  kill -KILL "$pid"
}

case $command in
  start)
    mkdir -p "$dir" && chmod 755 "$dir"
    start_postgres
    if [ -n "${SYNCLINE_MYSQLD:-}" ]; then start_oracle_mysql; else start_mariadb; fi
    ;;
  stop)
    stop_pid "$dir/pg/postmaster.pid" INT
    stop_pid "$dir/my.pid" TERM
    rm -rf "$dir"
    ;;
  *) echo "usage: servers.sh start|stop DIR" >&2; exit 2 ;;
esac
