create domain price as integer;
create table t (id int primary key, amount numeric(10,2));
insert into t values (1, 7.00), (2, null);
