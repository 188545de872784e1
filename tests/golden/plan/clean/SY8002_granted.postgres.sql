DROP ROLE IF EXISTS golden_reader; CREATE ROLE golden_reader LOGIN; CREATE TABLE orders (id int PRIMARY KEY); CREATE TABLE salaries (id int PRIMARY KEY); GRANT SELECT ON orders TO golden_reader;
