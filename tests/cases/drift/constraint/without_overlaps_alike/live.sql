create extension btree_gist;
create table room (held daterange, id int);
create table stay (held daterange, id int);
alter table room add constraint k primary key (id, held without overlaps);
alter table stay add constraint f foreign key (id, period held) references room (id, period held);
