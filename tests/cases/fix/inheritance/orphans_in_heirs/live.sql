-- A foreign key looks at the own rows of its table: what dangles in heirs is none of its.
create table users (id bigint primary key);
create table logs (id bigint primary key, user_id bigint);
create table logs_2023 () inherits (logs);
create table logs_2024 () inherits (logs);
insert into users select generate_series(1, 100);
insert into logs_2023 select g, 1 + g % 100 from generate_series(1, 1000) g;
insert into logs_2024 select 1000 + g, case when g % 10 = 0 then 999 else 1 + g % 100 end from generate_series(1, 1000) g;
