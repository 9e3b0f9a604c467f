create extension btree_gist;
create table room (id int, held daterange not null, primary key (id, held));
create table stay (id int, held daterange, foreign key (id, held) references room (id, held));
