create table t (a int primary key, b int not null); create unique index b on t (b); create table u (a int); alter table u replica identity full;
