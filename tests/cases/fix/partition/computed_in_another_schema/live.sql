create function f(x int) returns int language sql immutable as 'select x';
create table p (id int not null, n int, g int generated always as (f(n)) stored) partition by range (id);
create table p1 partition of p for values from (0) to (10);
create schema other;
create table other.p2 partition of p for values from (10) to (20);
insert into p values (1, 1), (11, 1);
create index p_f on p (f(n + 1));
