CREATE DOMAIN d AS text CONSTRAINT d_short CHECK (length(VALUE) < 50);
CREATE TABLE t (a d[]);
