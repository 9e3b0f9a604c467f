create table t (id int primary key, a int, b int);
create statistics t_a_b (dependencies, mcv) on a, b from t;
create statistics t_sum on (a + b) from t;
