CREATE TABLE customers (id INTEGER PRIMARY KEY, region VARCHAR(2));
INSERT INTO customers VALUES (1, 'eu'), (2, '');
