create table t (id int primary key, code int not null);
create unique index t_code on t (code);
create schema other;
create table other.u (code int references t (code));
