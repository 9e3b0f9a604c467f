create table t (id int primary key, a numeric(5,2), b time(0), c int, d char(2), e jsonb, f date, g int);
