CREATE TABLE readings (id INTEGER PRIMARY KEY, value INTEGER);
INSERT INTO readings VALUES (1, 5), (2, '6'), (3, NULL);
