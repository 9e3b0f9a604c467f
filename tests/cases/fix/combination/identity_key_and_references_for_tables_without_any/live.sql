create table a (name text);
create table b (name text, a_id bigint);
insert into a select 'a ' || n from generate_series(1, 100) n;
insert into b select 'b ' || n, n from generate_series(1, 100) n;
