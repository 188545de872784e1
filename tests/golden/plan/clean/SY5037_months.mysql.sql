CREATE TABLE articles (id INT, written DATETIME NOT NULL, PRIMARY KEY (id, written))
