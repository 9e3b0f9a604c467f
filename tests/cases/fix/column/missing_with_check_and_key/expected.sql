create table p (id int primary key);
create table t (id int primary key, p int references p on delete set null, a int check (a > 0), u text unique);
