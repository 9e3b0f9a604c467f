create type mood as enum ('calm', 'wild');
create table t (id int primary key, a int, m mood not null default 'calm');
create view v as select id, a, m from t;
create view w as select id from v where m = 'wild';
