CREATE TABLE logs (at DATETIME, message TEXT);
