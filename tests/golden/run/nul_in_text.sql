CREATE TABLE notes (id INTEGER PRIMARY KEY, note TEXT);
INSERT INTO notes VALUES (1, 'a' || char(0) || 'b');
