-- The sample database: a web shop of 13 related tables and about 117,000 rows, the same on every machine.
-- Dates, decimals, NULLs, text in many scripts and emoji, composite keys, a table that refers to itself.
PRAGMA foreign_keys = ON;
BEGIN;

CREATE TABLE country (
  code TEXT NOT NULL PRIMARY KEY,
  name VARCHAR(60) NOT NULL,
  flag TEXT
);
INSERT INTO country VALUES
  ('AT', 'Österreich', '🇦🇹'), ('BR', 'Brasil', '🇧🇷'), ('CN', '中国', '🇨🇳'), ('DE', 'Deutschland', '🇩🇪'), ('EG', 'مصر', '🇪🇬'),
  ('FR', 'France', '🇫🇷'), ('GR', 'Ελλάδα', '🇬🇷'), ('IN', 'भारत', '🇮🇳'), ('JP', '日本', '🇯🇵'), ('KR', '대한민국', '🇰🇷'),
  ('PL', 'Polska', NULL), ('UA', 'Україна', '🇺🇦');

CREATE TABLE employee (
  id INTEGER PRIMARY KEY,
  name VARCHAR(80) NOT NULL,
  manager_id INTEGER REFERENCES employee (id),
  hired DATE NOT NULL,
  salary DECIMAL(10, 2) NOT NULL
);
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200)
INSERT INTO employee SELECT i, 'Employee ' || i, CASE WHEN i > 1 THEN i / 7 + 1 END, date('2010-01-01', '+' || (i * 13) || ' days'), 2400 + (i * 37 % 4100) + 0.5 FROM n
  WHERE i <> i / 7 + 1 OR i = 1;

CREATE TABLE customer (
  id INTEGER PRIMARY KEY,
  email VARCHAR(120) NOT NULL UNIQUE,
  name VARCHAR(80) NOT NULL,
  country_code TEXT NOT NULL REFERENCES country (code),
  born DATE,
  joined DATETIME NOT NULL,
  newsletter BOOLEAN NOT NULL DEFAULT 0,
  note TEXT
);
CREATE INDEX customer_country ON customer (country_code);
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 8000)
INSERT INTO customer SELECT i, 'customer' || i || '@example.com',
  CASE i % 6 WHEN 0 THEN 'Zoë ' WHEN 1 THEN '李 ' WHEN 2 THEN 'Иван ' WHEN 3 THEN 'Ana ' WHEN 4 THEN 'O''Hara ' ELSE 'Łukasz ' END || i,
  substr('ATBRCNDEEGFRGRINJPKRPLUA', (i % 12) * 2 + 1, 2),
  CASE WHEN i % 5 > 0 THEN date('1950-01-01', '+' || (i * 3 % 20000) || ' days') END,
  datetime('2019-01-01', '+' || (i * 3001) || ' seconds'), i % 3 = 0,
  CASE i % 7 WHEN 0 THEN 'line one' || char(10) || 'line two' WHEN 1 THEN 'tab' || char(9) || 'here' WHEN 2 THEN '100% 😀 "quoted" \ backslash' WHEN 3 THEN '' END
FROM n;

CREATE TABLE address (
  customer_id INTEGER NOT NULL REFERENCES customer (id),
  kind VARCHAR(10) NOT NULL,
  street VARCHAR(120) NOT NULL,
  city VARCHAR(80) NOT NULL,
  zip VARCHAR(12),
  PRIMARY KEY (customer_id, kind)
);
INSERT INTO address SELECT id, 'home', (id % 180 + 1) || ' Main Street', 'City ' || (id % 400), printf('%05d', id * 7 % 99999) FROM customer;
INSERT INTO address SELECT id, 'work', (id % 90 + 1) || ' Büroweg', 'Město ' || (id % 90), NULL FROM customer WHERE id % 4 = 0;

CREATE TABLE category (
  id INTEGER PRIMARY KEY,
  parent_id INTEGER REFERENCES category (id),
  title VARCHAR(60) NOT NULL
);
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60)
INSERT INTO category SELECT i, CASE WHEN i > 6 THEN i % 6 + 1 END, 'Category ' || i || substr(' 🎒🎧🎲', i % 4 + 1, 1) FROM n;

CREATE TABLE product (
  id INTEGER PRIMARY KEY,
  sku VARCHAR(20) NOT NULL UNIQUE,
  title VARCHAR(120) NOT NULL,
  price DECIMAL(10, 2) NOT NULL,
  weight DOUBLE,
  attributes JSON,
  picture BLOB
);
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2500)
INSERT INTO product SELECT i, printf('SKU-%06d', i * 17), 'Product ' || i, (i * 7919 % 100000) / 100.0,
  CASE WHEN i % 9 > 0 THEN i * 0.125 END, json_object('color', substr('redgrnblu', i % 3 * 3 + 1, 3), 'sizes', json_array(i % 5, i % 7)),
  CASE WHEN i % 10 = 0 THEN x'00ff10205c0a0d27' END FROM n;

CREATE TABLE product_category (
  product_id INTEGER NOT NULL REFERENCES product (id),
  category_id INTEGER NOT NULL REFERENCES category (id),
  PRIMARY KEY (product_id, category_id)
);
INSERT INTO product_category SELECT id, id % 60 + 1 FROM product;
INSERT INTO product_category SELECT id, (id + 17) % 60 + 1 FROM product WHERE id % 2 = 0;

CREATE TABLE warehouse (
  id INTEGER PRIMARY KEY,
  city VARCHAR(60) NOT NULL,
  opened DATE
);
INSERT INTO warehouse VALUES (1, 'Wien', '2015-03-01'), (2, '上海', '2018-11-20'), (3, 'São Paulo', NULL);

CREATE TABLE stock (
  warehouse_id INTEGER NOT NULL REFERENCES warehouse (id),
  product_id INTEGER NOT NULL REFERENCES product (id),
  quantity INTEGER NOT NULL DEFAULT 0,
  counted DATE,
  PRIMARY KEY (warehouse_id, product_id)
);
INSERT INTO stock SELECT w.id, p.id, (p.id * 31 + w.id) % 500, CASE WHEN p.id % 3 > 0 THEN date('2026-01-01', '+' || (p.id % 300) || ' days') END
  FROM warehouse AS w CROSS JOIN product AS p;

CREATE TABLE orders (
  id INTEGER PRIMARY KEY,
  customer_id INTEGER NOT NULL REFERENCES customer (id),
  employee_id INTEGER REFERENCES employee (id),
  placed DATETIME NOT NULL,
  status VARCHAR(12) NOT NULL DEFAULT 'new',
  total DECIMAL(12, 2)
);
CREATE INDEX orders_customer ON orders (customer_id);
CREATE INDEX orders_placed ON orders (placed);
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
INSERT INTO orders SELECT i, i * 7 % 8000 + 1, CASE WHEN i % 4 = 0 THEN i % 150 + 2 END, datetime('2024-01-01', '+' || (i * 4321) || ' seconds'),
  CASE i % 5 WHEN 0 THEN 'new' WHEN 1 THEN 'paid' WHEN 2 THEN 'shipped' WHEN 3 THEN 'closed' ELSE 'returned' END,
  CASE WHEN i % 11 > 0 THEN (i * 7717 % 1000000) / 100.0 END FROM n;

CREATE TABLE order_line (
  order_id INTEGER NOT NULL REFERENCES orders (id),
  line INTEGER NOT NULL,
  product_id INTEGER NOT NULL REFERENCES product (id),
  quantity INTEGER NOT NULL,
  price DECIMAL(10, 2) NOT NULL,
  discount DECIMAL(4, 3),
  PRIMARY KEY (order_id, line)
);
CREATE INDEX order_line_product ON order_line (product_id);
INSERT INTO order_line SELECT o.id, l.line, (o.id * 13 + l.line * 101) % 2500 + 1, (o.id + l.line) % 9 + 1, ((o.id * 31 + l.line) % 90000) / 100.0,
  CASE WHEN (o.id + l.line) % 6 = 0 THEN 0.125 END
  FROM orders AS o CROSS JOIN (SELECT 1 AS line UNION ALL SELECT 2 UNION ALL SELECT 3) AS l WHERE l.line <= o.id % 3 + 1;

CREATE TABLE payment (
  id INTEGER PRIMARY KEY,
  order_id INTEGER NOT NULL UNIQUE REFERENCES orders (id),
  paid_at TIMESTAMP NOT NULL,
  amount DECIMAL(12, 2) NOT NULL,
  reference UUID NOT NULL
);
INSERT INTO payment SELECT id, id, placed, coalesce(total, 0), printf('%08x-0000-4000-8000-%012x', id * 2654435761 % 4294967296, id) FROM orders
  WHERE status <> 'new';

CREATE TABLE review (
  id INTEGER PRIMARY KEY,
  product_id INTEGER NOT NULL REFERENCES product (id),
  customer_id INTEGER REFERENCES customer (id),
  stars SMALLINT NOT NULL,
  body TEXT
);
CREATE INDEX review_product ON review (product_id);
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 9000)
INSERT INTO review SELECT i, i * 3 % 2500 + 1, CASE WHEN i % 8 > 0 THEN i * 5 % 8000 + 1 END, i % 5 + 1,
  CASE i % 4 WHEN 0 THEN 'great 👍' WHEN 1 THEN 'так собі' WHEN 2 THEN '普通' END FROM n;

COMMIT;
