create type size as enum ('medium', 'small', 'large');
create table t (id int primary key, s size, g int, constraint by_text check (s::text < 'z' and s < 'large'));
create unique index t_g on t (g) where s < 'medium';
