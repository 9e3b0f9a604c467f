create table t (id int primary key, starts date, ends date, constraint in_order check (starts <= ends));
