CREATE TABLE orders (id INTEGER PRIMARY KEY, note TEXT); CREATE INDEX of_note ON orders (note);
