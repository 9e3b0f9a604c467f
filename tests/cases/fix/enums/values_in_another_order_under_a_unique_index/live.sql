create type size as enum ('small', 'medium', 'large');
create table t (id int primary key, s size, g int, constraint by_text check (s::text < 'z' and s < 'large'));
create unique index t_g on t (g) where s < 'medium';
insert into t values (1, 'small', 1), (2, 'medium', 1), (3, 'small', 2);
