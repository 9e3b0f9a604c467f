-- Built anew under its name or another one, with what the table uses it for, instead of being altered. What is to be
-- another index or is to go is built or dropped for its own sake.
create function n(text) returns text language sql immutable as 'select lower($1)';
create table u (id int primary key, e text not null);
create index options on u (n(e)) with (fillfactor = 90);
create index before on u (n(e) desc);
create index clustered on u (n(e), id);
create index other on u (n(e), e);
create index goes on u (n(e), e, id);
alter index clustered alter column 1 set statistics 7;
alter table u cluster on clustered;
insert into u select i, 'A ' || i from generate_series(1, 1000) i;
