create type sort as enum ('new', 'old');
create table reader (id int primary key, sort sort not null default 'new', list jsonb, at timestamptz);
create table writer (id int primary key, sort smallint not null default 0, key uuid not null);
create table page (id int primary key, sort smallint);
