CREATE TABLE emperors (id int PRIMARY KEY, born date); INSERT INTO emperors VALUES (1, '0001-01-01'), (2, '9999-12-31')
