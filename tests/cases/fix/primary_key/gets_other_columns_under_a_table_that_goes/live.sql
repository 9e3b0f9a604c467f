create table period (a int, b int, primary key (a, b));
insert into period values (1, 1), (2, 2);
create table gone (a int, b int, foreign key (a, b) references period);
create table stays (a int, b int, constraint to_period foreign key (a, b) references period);
insert into stays values (1, 1);
