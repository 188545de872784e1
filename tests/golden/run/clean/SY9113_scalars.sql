CREATE TABLE events (id INTEGER PRIMARY KEY, payload JSON);
INSERT INTO events VALUES (1, 'true'), (2, '"a"'), (3, 'null'), (4, '[]');
