create table t (id int primary key, a bit varying(8), b bit(3), c bit(8));
