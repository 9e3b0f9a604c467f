create table base (id int, more int);
create table heir (id int);
