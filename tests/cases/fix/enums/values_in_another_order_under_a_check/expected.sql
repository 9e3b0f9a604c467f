create type size as enum ('small', 'large', 'medium');
create table t (id int primary key, s size, constraint not_large check (s < 'large'));
