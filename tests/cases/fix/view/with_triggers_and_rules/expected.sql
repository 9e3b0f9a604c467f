create table t (id int primary key, a text);
create function f() returns trigger language plpgsql as $$ begin return new; end $$;
create view v as select a, id from t;
create trigger v_insert instead of insert on v for each row execute function f();
create rule v_delete as on delete to v do instead nothing;
