create table p (id int primary key) partition by hash (id);
create table p_0 partition of p for values with (modulus 2, remainder 0);
create table p_1 partition of p for values with (modulus 2, remainder 1);
create table c (id int primary key, p int);
insert into p select n from generate_series(1, 100) n;
insert into c select n, 1 + n % 100 from generate_series(1, 300) n;
