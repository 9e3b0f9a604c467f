create type size as enum ('large', 'medium', 'small');
create table t (id int primary key, s size, g int, constraint by_text check (s::text < 'z' and s > 'small'));
create unique index t_g on t (g) where s < 'medium';
