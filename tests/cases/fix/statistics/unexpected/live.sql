create table t (id int primary key, a int, b int);
create statistics stat on a, b from t;
