-- The rows may not be updated: the new column can only be had with a rewrite.

create table t (id int primary key);
insert into t select n from generate_series(1, 300) n;
create function refuse() returns trigger language plpgsql as $$ begin raise exception 'never'; end $$;
create trigger refuse before update on t for each row execute function refuse();
