CREATE TABLE t (a int);
COMMENT ON TABLE t IS 'old';
CREATE DOMAIN d AS int CONSTRAINT d_positive CHECK (VALUE > 0);
COMMENT ON CONSTRAINT d_positive ON DOMAIN d IS 'nothing is sold for nothing';
