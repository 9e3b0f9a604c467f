create table t (a int primary key, b int not null); create unique index b on t (b); alter table t replica identity using index b; create table u (a int);
