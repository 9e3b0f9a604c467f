create table t (id bigserial primary key, a int not null, b int not null);
