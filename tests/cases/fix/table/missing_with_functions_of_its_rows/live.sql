create table keep (id int);
insert into keep values (1);
