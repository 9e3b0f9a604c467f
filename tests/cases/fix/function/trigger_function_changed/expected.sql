create table t (id int primary key, a text);
create function stamp() returns trigger language plpgsql as $$ begin new.a := 'new'; return new; end $$;
create trigger stamp before insert on t for each row execute function stamp();
