CREATE TABLE syncline_known (owner TEXT NOT NULL PRIMARY KEY, sync TEXT NOT NULL, source_container TEXT NOT NULL, source_table TEXT NOT NULL,
  container TEXT NOT NULL, table_name TEXT NOT NULL, shape TEXT NOT NULL, run_id TEXT NOT NULL, recorded_at TEXT NOT NULL DEFAULT '');
INSERT INTO syncline_known VALUES ('1', 'nightly sqlite:shop → sqlite:dw', '', '', '', '', '{"except":[],"include":[[["any",""]]]}', '01RUN', '');
INSERT INTO syncline_known VALUES ('2', 'nightly sqlite:shop → sqlite:dw', '', 'events', '', 'events', '', '01RUN', '');
