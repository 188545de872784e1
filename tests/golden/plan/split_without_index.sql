CREATE TABLE orders (id INTEGER PRIMARY KEY, region TEXT, note TEXT); CREATE INDEX of_region ON orders (region, note);
