create table t (id int primary key, a text);
create function stamp() returns trigger language plpgsql as $$ begin new.a := 'old'; return new; end $$;
create trigger stamp before insert on t for each row execute function stamp();
insert into t select n from generate_series(1, 100) n;
