CREATE TABLE customers (id INTEGER PRIMARY KEY, email VARCHAR(80) NOT NULL, phone VARCHAR(20), region VARCHAR(2));
CREATE TABLE orders (id INTEGER PRIMARY KEY, customer_id INTEGER NOT NULL REFERENCES customers (id), amount DECIMAL(12, 2), gmt_modified DATETIME);
CREATE TABLE logs (at DATETIME, message TEXT);
