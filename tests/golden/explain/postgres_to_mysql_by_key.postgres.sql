CREATE TABLE orders (id int NOT NULL PRIMARY KEY, place varchar(20) NOT NULL)
