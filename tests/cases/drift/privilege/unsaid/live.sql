create table t (id int);
grant select on t to public;
revoke usage on schema public from public;
