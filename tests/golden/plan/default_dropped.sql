CREATE TABLE tickets (id INTEGER PRIMARY KEY, code TEXT DEFAULT (hex(randomblob(4))));
