CREATE TABLE tags (id INTEGER PRIMARY KEY, name VARCHAR(5));
INSERT INTO tags VALUES (1, 'short'), (2, '🛒🛒🛒🛒🛒'), (3, '');
