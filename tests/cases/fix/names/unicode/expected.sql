create table "Таблица" ("имя" text not null unique, "数" int primary key, "é" int check ("é" > 0));
create index "индекс" on "Таблица" ("é");
comment on column "Таблица"."имя" is 'имя';
