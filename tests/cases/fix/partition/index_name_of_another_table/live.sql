CREATE TABLE flat (id int);
CREATE UNIQUE INDEX by_id ON flat (id);
CREATE TABLE parts (id int) PARTITION BY RANGE (id);
CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM (0) TO (9);
CREATE TABLE child (id int CONSTRAINT child_fk REFERENCES flat (id));
INSERT INTO flat SELECT generate_series(1, 8);
INSERT INTO parts SELECT generate_series(1, 8);
INSERT INTO child SELECT generate_series(1, 8);
