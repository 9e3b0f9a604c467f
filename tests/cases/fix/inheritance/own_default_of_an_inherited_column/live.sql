create table base (n int, b int default 1, c int default 1);
