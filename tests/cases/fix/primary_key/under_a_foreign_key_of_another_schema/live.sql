create table t (id int primary key, code int not null);
create schema other;
create table other.u (t_id int references t);
