CREATE TABLE visits (id INTEGER PRIMARY KEY, email VARCHAR(80) NOT NULL);
INSERT INTO visits VALUES (1, 'ada@example.com'), (2, 'ada@example.com');
