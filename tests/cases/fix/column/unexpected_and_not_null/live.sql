-- A column that nobody declared, and that every insert must give: the application cannot insert.

create table t (id int primary key, forgotten text not null);
insert into t select n, 'row ' || n from generate_series(1, 300) n;
