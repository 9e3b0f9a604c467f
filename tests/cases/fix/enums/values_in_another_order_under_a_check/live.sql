create type size as enum ('small', 'medium', 'large');
create table t (id int primary key, s size, constraint not_large check (s < 'large'));
insert into t values (1, 'small'), (2, 'medium');
