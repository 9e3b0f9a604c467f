create table author (id bigint constraint author_key primary key, code text);
create table post (id bigint primary key, author_id bigint references author on delete cascade);
create table draft (id bigint primary key, author_id bigint references author deferrable);
insert into author select n, 'a' from generate_series(1, 20) n;
insert into post select n, n from generate_series(1, 20) n;
insert into draft select n, n from generate_series(1, 20) n;
