create table users (id bigint primary key, email text);
insert into users values (1, 'a@b.c'), (2, 'a@b.c'), (3, 'b@b.c');
