create table item (n int);
insert into item values (1);
