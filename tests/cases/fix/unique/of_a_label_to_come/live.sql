create type st as enum ('open', 'done');
create table o (id int primary key, s st not null, n int);
insert into o values (1, 'open', 1), (2, 'done', 2);
