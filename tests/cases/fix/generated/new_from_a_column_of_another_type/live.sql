create table author (id integer primary key, code text);
create view seen as select id, code from author;
insert into author select n, 'c' || n from generate_series(1, 20) n;
