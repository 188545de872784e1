CREATE TABLE events (id INTEGER PRIMARY KEY, payload JSON);
INSERT INTO events VALUES (1, '{"a": 1}'), (2, '{broken');
