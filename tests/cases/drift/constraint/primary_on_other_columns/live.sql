create table t (a int not null, b int not null, primary key (b, a));
