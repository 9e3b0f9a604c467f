create function no() returns event_trigger language plpgsql as 'begin raise ''no''; end';
create event trigger no on ddl_command_start when tag in ('DROP TABLE') execute function no();
create table item (n int);
