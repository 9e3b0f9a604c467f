create extension btree_gist;
create table room (id int, held daterange, primary key (id, held without overlaps));
create table stay (id int, held daterange, unique (id, held without overlaps), foreign key (id, period held) references room (id, period held));
