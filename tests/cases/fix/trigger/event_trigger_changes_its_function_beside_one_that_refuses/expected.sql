create function e2() returns event_trigger language plpgsql as $$ begin raise exception 'x refuses %', tg_tag; end $$;
create function z() returns event_trigger language plpgsql as $$ begin raise exception 'z refuses %', tg_tag; end $$;
create table t (id int primary key, a text);
create event trigger x on ddl_command_end execute function e2();
create event trigger z on ddl_command_start execute function z();
