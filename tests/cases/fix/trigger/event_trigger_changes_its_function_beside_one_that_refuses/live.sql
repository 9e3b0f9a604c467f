create function e1() returns event_trigger language plpgsql as $$ begin raise notice 'e1'; end $$;
create event trigger x on ddl_command_end execute function e1();
create table t (id int primary key);
insert into t select generate_series(1, 10);
