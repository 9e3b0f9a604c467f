create table t (id int, a varchar(9));
create statistics changed (mcv) on id, a from t;
create statistics printed on (a || 'x') from t;
create statistics target on id, a from t;
create function stop() returns event_trigger language plpgsql as 'begin end';
create event trigger off_here on ddl_command_end execute function stop();
alter event trigger off_here disable;
create event trigger changed on ddl_command_end when tag in ('create table') execute function stop();
