create table t (id int primary key, token uuid not null default gen_random_uuid());
create function refuse() returns trigger language plpgsql as $$ begin raise exception 'never'; end $$;
create trigger refuse before update on t for each row execute function refuse();
