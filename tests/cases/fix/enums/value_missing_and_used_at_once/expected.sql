create type mood as enum ('calm', 'bored', 'wild');
create table t (id int primary key, m mood not null default 'bored', extra mood default 'bored', check (m <> 'bored' or id > 5));
create view bored as select id from t where m = 'bored';
create index t_bored_idx on t (id) where m = 'bored';
