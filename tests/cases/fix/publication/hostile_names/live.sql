create table "Or.der" (id bigint primary key, "a ""b" int);
insert into "Or.der" select n, n from generate_series(1, 9) n;
