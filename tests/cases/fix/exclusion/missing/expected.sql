create extension btree_gist;
create table t (id int primary key, room int, during int4range, exclude using gist (room with =, during with &&));
