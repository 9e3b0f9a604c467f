create table p (a int, b text, primary key (a, b));
create table c (id int primary key, x text, y int, foreign key (y, x) references p (a, b) on delete set null);
create index c_y_x_idx on c (y, x);
