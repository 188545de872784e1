CREATE TABLE notes (id INTEGER PRIMARY KEY, note TEXT);
INSERT INTO notes VALUES (1, 'a' || char(1) || char(9) || char(127) || 'b');
