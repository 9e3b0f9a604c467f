create table base (id int);
create table heir (id int, old int);
