create table author (id bigint not null unique, code text);
create table post (id bigint primary key, author_id bigint references author (id) on delete cascade);
create table draft (id bigint primary key, author_id bigint references author (id) deferrable);
