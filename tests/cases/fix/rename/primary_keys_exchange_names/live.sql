create table a (id int, constraint b_pkey primary key (id));
create table b (id int, constraint a_pkey primary key (id));
insert into a select n from generate_series(1, 100) n;
insert into b select n from generate_series(1, 100) n;
