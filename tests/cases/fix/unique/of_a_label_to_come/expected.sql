create type st as enum ('open', 'done', 'gone');
create table o (id int primary key, s st not null, n int);
create unique index one on o (n) where s <> 'gone';
