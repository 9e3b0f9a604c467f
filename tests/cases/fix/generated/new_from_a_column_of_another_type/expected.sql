create table author (id bigint primary key, code text, double bigint generated always as (id * 2) stored);
create view seen as select id, code, double from author where id > 1;
