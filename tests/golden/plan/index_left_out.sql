CREATE TABLE customers (id INTEGER PRIMARY KEY, email VARCHAR(80) CHECK (email LIKE '%@%'));
CREATE UNIQUE INDEX one_active ON customers (lower(email)) WHERE email IS NOT NULL;
