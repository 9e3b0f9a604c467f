create function f() returns event_trigger language plpgsql as $$ begin null; end $$;
create event trigger seen on sql_drop when tag in ('DROP TABLE') execute function f();
