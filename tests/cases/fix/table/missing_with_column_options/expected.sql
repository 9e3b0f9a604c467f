create table posts (id bigint primary key, body text);
alter table posts alter column body set storage external;
create table tags (id bigint primary key, label text not null, words text);
alter table tags alter column label set (n_distinct = -0.5), alter column words set storage external, alter column words set statistics 500;
create index tags_lower on tags (lower(label));
alter index tags_lower alter column 1 set statistics 300;
