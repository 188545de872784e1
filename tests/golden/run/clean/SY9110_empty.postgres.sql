CREATE TABLE customers (id bigint PRIMARY KEY, region varchar(2) NOT NULL)
