create schema "S 1";
create table "S 1"."T 1" ("c 1" int);
insert into "S 1"."T 1" select n from generate_series(1, 100) n;
