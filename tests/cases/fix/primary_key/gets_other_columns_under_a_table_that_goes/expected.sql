create table period (a int, b int not null, primary key (a));
create table stays (a int, b int, constraint to_period foreign key (a) references period);
