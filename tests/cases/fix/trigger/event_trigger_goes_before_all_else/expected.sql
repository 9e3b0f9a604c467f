create table item (n int);
