create function no() returns event_trigger language plpgsql as 'begin raise ''no''; end';
create event trigger no on ddl_command_start execute function no();
