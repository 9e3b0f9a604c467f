create type size as enum ('small', 'medium', 'large');
create table t (id int primary key, s size, g int, constraint by_text check (s::text < 'z' and s > 'small'));
create unique index t_g on t (g) where s < 'medium';
insert into t values (1, 'large', 1), (2, 'large', 1);
