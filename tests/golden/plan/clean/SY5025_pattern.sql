CREATE TABLE customers (id INTEGER PRIMARY KEY);
CREATE VIEW active_customers AS SELECT * FROM customers;
