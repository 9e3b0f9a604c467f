create table author (id bigint not null unique);
create table post (id bigint primary key, author_id bigint references author (id));
