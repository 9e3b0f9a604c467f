create table u (id int primary key);
create table t (id int, kind text, u int references u, primary key (id, kind)) partition by list (kind);
create table t_a partition of t for values in ('a', 'o''dd') partition by range (id);
create table t_a_1 partition of t_a for values from (minvalue) to (100);
create table t_rest partition of t default;
create index t_u_idx on t (u);
