create table t (id int primary key, a char(3), b char(2), c char(10), d char(4), e char(4)[]);
