create type size as enum ('small', 'medium', 'large');
create table t (id int primary key, s size, a size[],
    constraint below_some check (s < any ('{large,medium}'::size[])), constraint listed check (a < '{large}'));
create unique index t_listed on t (id) where (s < any ('{large}'::size[]));
insert into t values (1, 'small', '{small}');
