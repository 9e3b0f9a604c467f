create table t (id int primary key, a int, b int);
create statistics stat (ndistinct) on id, b from t;
alter statistics stat set statistics 400;
