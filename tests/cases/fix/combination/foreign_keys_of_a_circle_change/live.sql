create table a (id int primary key, b int not null);
create table b (id int primary key, a int not null references a on delete cascade);
insert into a select n, n from generate_series(1, 100) n;
insert into b select n, n from generate_series(1, 100) n;
alter table a add foreign key (b) references b on delete cascade;
