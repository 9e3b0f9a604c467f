create table "Таблица" ("имя" text, "数" int, "é" int);
comment on column "Таблица"."имя" is 'имя';
insert into "Таблица" select 'строка ' || n, n, n from generate_series(1, 100) n;
