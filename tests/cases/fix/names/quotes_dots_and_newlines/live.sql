create schema "We.ird";
create table "We.ird"."Ta""b.le" ("Co'l" int, "two
lines" text, "semi;colon" int);
insert into "We.ird"."Ta""b.le" select n, 'row ' || n, n from generate_series(1, 100) n;
