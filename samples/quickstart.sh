#!/usr/bin/env bash
# One command from a bare machine to a copied database: installs what is missing, builds Syncline, makes the sample database, runs the
# main job on it, and checks the result without Syncline. Safe to call again; a second call takes seconds.
#   samples/quickstart.sh [FOLDER]     where shop.db, copy.db and the state go (default: build/quickstart)
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
folder=${1:-build/quickstart}

./setup.sh build
if [ ! -f build/release/build.ninja ]; then cmake --preset release -DCMAKE_UNITY_BUILD=ON -DSYNCLINE_TESTS=OFF --log-level=WARNING; fi
cmake --build build/release --target syncline
syncline=$root/build/release/runtime/syncline

mkdir -p "$folder"
cd "$folder"
if [ ! -s shop.db ]; then
  printf 'making the sample database (13 tables, about 100,000 rows)\n'
  sqlite3 -bail shop.db.new <"$root/samples/quickstart/shop.sql"
  mv shop.db.new shop.db
fi
cp "$root/samples/quickstart/shop.sync" .
printf '\n$ syncline plan shop.sync\n'
"$syncline" plan shop.sync
printf '\n$ syncline run shop.sync\n'
"$syncline" run shop.sync

# Every row of every table, compared by SQLite itself: rows of one side that the other lacks.
rows=0 tables=0
while IFS= read -r table; do
  columns=$(sqlite3 shop.db "SELECT group_concat('quote(\"' || name || '\")', ', ') FROM pragma_table_info('$table')")
  different=$(sqlite3 copy.db "ATTACH 'shop.db' AS source;
    SELECT (SELECT count(*) FROM (SELECT $columns FROM source.\"$table\" EXCEPT SELECT $columns FROM main.\"$table\"))
         + (SELECT count(*) FROM (SELECT $columns FROM main.\"$table\" EXCEPT SELECT $columns FROM source.\"$table\"))
         + abs((SELECT count(*) FROM source.\"$table\") - (SELECT count(*) FROM main.\"$table\"))")
  if [ "$different" != 0 ]; then
    printf 'quickstart: table %s differs in %s rows\n' "$table" "$different" >&2
    exit 1
  fi
  tables=$((tables + 1))
  rows=$((rows + $(sqlite3 copy.db "SELECT count(*) FROM \"$table\"")))
done < <(sqlite3 shop.db "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name")
printf '\nchecked by SQLite: %s tables, %s rows, all equal\n' "$tables" "$rows"
printf 'Look around in %s; then write your own: %s init --from shop.db --to other.db\n' "$PWD" "$syncline"
