create table t (id int primary key, a int not null);
create table heir (constraint heir_id_not_null not null id, constraint heir_a_not_null not null a) inherits (t);
