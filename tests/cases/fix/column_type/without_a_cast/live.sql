create type sort as enum ('new', 'old');
create table reader (id int primary key, sort smallint not null default 0, list sort[], at boolean);
create table writer (id int primary key, sort sort not null default 'new', key int not null);
create table page (id int primary key, sort sort);
insert into page select n from generate_series(1, 300) n;
