create table t (id int primary key);
create type mood as enum ('calm', 'it''s', 'a,b');
