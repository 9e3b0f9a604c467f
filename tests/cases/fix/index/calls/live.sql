create table author (id bigint primary key, code varchar(40), "Name" text);
create index author_code on author (lower(code)) with (fillfactor = 70) where id > 5;
create index author_two on author (lower(trim("Name")), (id + 1), coalesce(code, ''));
insert into author select n, 'c' || n, 'n' || n from generate_series(1, 100) n;
