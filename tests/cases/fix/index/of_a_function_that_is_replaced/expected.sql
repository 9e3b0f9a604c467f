create function n(text) returns text language sql immutable as $$ select replace(lower($1), ' ', '') $$;
create table u (id int primary key, e text not null);
create index options on u (n(e)) with (fillfactor = 70);
create index after on u (n(e) desc);
create index clustered on u (n(e), id);
create index other on u (n(e), lower(e));
alter index clustered alter column 1 set statistics 7;
alter table u cluster on clustered;
