create table "select" ("from" int, "table" text, "order" int);
insert into "select" select n, 'row ' || n, n from generate_series(1, 100) n;
