CREATE TABLE load_log (run TEXT);
