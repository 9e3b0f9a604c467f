create table author (id bigint primary key, code varchar(40), "Name" text);
create index author_code on author (upper(code)) with (fillfactor = 70) where id > 5;
create index author_two on author (lower("Name"), (id + 1), coalesce(code, ''));
