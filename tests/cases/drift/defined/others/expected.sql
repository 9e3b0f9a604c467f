create table t (id int, a varchar(9));
create statistics changed on id, a from t;
create statistics printed on (a::text || 'x'::text) from t;
create statistics target on id, a from t;
alter statistics target set statistics 10;
create statistics gone on id, a from t;
create function stop() returns event_trigger language plpgsql as 'begin end';
create event trigger off_here on ddl_command_end execute function stop();
create event trigger changed on ddl_command_end when tag in ('create table', 'drop table') execute function stop();
