create table a (id int primary key, b int);
create table b (id int primary key, a int references a deferrable initially deferred);
alter table a add foreign key (b) references b deferrable initially deferred;
