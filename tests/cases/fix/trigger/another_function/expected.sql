create table t (id int primary key, a int);
create function h() returns trigger language plpgsql as $$ begin return new; end $$;
create trigger g before update on t for each row execute function h();
