create table author (id bigint constraint author_key primary key);
create table post (id bigint primary key, author_id bigint);
insert into author select n from generate_series(1, 20) n;
insert into post select n, n from generate_series(1, 20) n;
