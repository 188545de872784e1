-- The local history of runs: `.syncline/state.db`. Advisory: what decides correctness lives in the targets. Made to be read with
-- plain SQL; no secret and no row data is ever stored. Times are UTC text `YYYY-MM-DD HH:MM:SS`, durations seconds.

-- One row per `syncline run`.
CREATE TABLE IF NOT EXISTS runs (
  run_id      TEXT PRIMARY KEY,   -- ULID: sorts by start
  started_at  TEXT NOT NULL,
  finished_at TEXT,               -- NULL: still running, or killed
  outcome     TEXT NOT NULL       -- killed is seen when it is read: running, but its process is gone
              CHECK (outcome IN ('running', 'succeeded', 'partial', 'failed', 'interrupted')),
  scripts     TEXT NOT NULL,      -- what was run, as written on the command line
  host        TEXT NOT NULL,
  pid         INTEGER NOT NULL,
  tables      INTEGER NOT NULL,   -- in the plan
  succeeded   INTEGER NOT NULL DEFAULT 0,
  failed      INTEGER NOT NULL DEFAULT 0,
  skipped     INTEGER NOT NULL DEFAULT 0,
  rows        INTEGER NOT NULL DEFAULT 0,
  bytes       INTEGER NOT NULL DEFAULT 0,
  seconds     REAL NOT NULL DEFAULT 0,
  error_code  TEXT,               -- of the run itself, not of one table: SYnnnn
  error       TEXT
) STRICT;

-- One row per table of a run, written when the table is finished (done, failed or skipped).
CREATE TABLE IF NOT EXISTS run_tables (
  run_id      TEXT NOT NULL REFERENCES runs (run_id) ON DELETE CASCADE,
  address     TEXT NOT NULL,      -- sync/source table: "shop_ods/shop.orders"
  target      TEXT NOT NULL,
  state       TEXT NOT NULL CHECK (state IN ('done', 'failed', 'skipped')),
  rows        INTEGER NOT NULL,
  bytes       INTEGER NOT NULL,
  seconds     REAL NOT NULL,
  how         TEXT NOT NULL,      -- recreate, truncate, append, upsert, schema
  attempt     INTEGER NOT NULL,   -- 1: the first try went through
  finished_at TEXT NOT NULL,
  error_code  TEXT,               -- a table may be done and still have one: a foreign key left out
  error       TEXT,
  notes       TEXT NOT NULL,      -- one per line
  PRIMARY KEY (run_id, address)
) STRICT, WITHOUT ROWID;

CREATE INDEX IF NOT EXISTS run_tables_address ON run_tables (address, run_id);

-- The tables that syncs know, where their target holds no state (`state = local`): compiler/planner/known_tables.cpp.
CREATE TABLE IF NOT EXISTS known_tables (
  sync             TEXT NOT NULL,
  source_container TEXT NOT NULL,
  source_table     TEXT NOT NULL,   -- empty: the sync itself, and `shape` its TABLES
  container        TEXT NOT NULL,   -- of the target
  table_name       TEXT NOT NULL,
  shape            TEXT NOT NULL,   -- JSON: the columns that were copied
  run_id           TEXT NOT NULL,
  PRIMARY KEY (sync, source_container, source_table)
) STRICT, WITHOUT ROWID;

-- Version of this schema. A file with a higher one is left alone; each statement above leaves what an older one has made.
PRAGMA user_version = 2;
