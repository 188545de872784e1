CREATE TABLE articles (id INT PRIMARY KEY, kind INT, title VARCHAR(80), KEY by_kind (kind, title))
