CREATE TABLE parcels (id INT PRIMARY KEY, status ENUM('new', '', 'it''s paid')); INSERT INTO parcels VALUES (1, 'new'), (2, ''), (3, 'it''s paid'), (4, NULL)
