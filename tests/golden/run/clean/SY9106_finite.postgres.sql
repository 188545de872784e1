CREATE TABLE readings (id int PRIMARY KEY, value double precision); INSERT INTO readings VALUES (1, 1.7976931348623157e308), (2, 2.2250738585072014e-308), (3, 0)
