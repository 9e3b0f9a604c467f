create table p (id int primary key) partition by hash (id);
create table p_0 partition of p for values with (modulus 2, remainder 0);
create table p_1 partition of p for values with (modulus 2, remainder 1);
create table c (id int primary key, p int references p on delete cascade);
