CREATE TABLE visits (id INTEGER PRIMARY KEY, login VARCHAR(80) NOT NULL);
INSERT INTO visits VALUES (1, 'ada@example.com'), (2, 'Ada@example.com');
