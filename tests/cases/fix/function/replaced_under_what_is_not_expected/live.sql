-- Indexes that nobody has asked for, those of partitions, and the columns of heirs and partitions.
create function n(text) returns text language sql immutable as 'select lower($1)';
create table u (id int primary key, e text);
create index u_n on u (n(e));
comment on index u_n is 'mine';
insert into u select i, 'A ' || i from generate_series(1, 500) i;
create table p (id int, e text, g text generated always as (n(e)) stored) partition by list (id);
create table p_0 partition of p for values in (0);
create table p_1 partition of p for values in (1);
create index p_n on p (n(e));
insert into p select i % 2, 'A ' || i from generate_series(1, 500) i;
create table a (id int, e text, g text generated always as (n(e)) stored);
create table b () inherits (a);
insert into a select i, 'A ' || i from generate_series(1, 500) i;
insert into b select i, 'A ' || i from generate_series(1, 500) i;
