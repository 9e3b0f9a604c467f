create table p (id int not null, kind int not null) partition by list (kind);
create table p_1 partition of p for values in (1);
create table p_2 partition of p for values in (2);
create table c (p int, kind int);
create view v as select id from p;
insert into p select n, 1 + n % 2 from generate_series(1, 100) n;
insert into c select n, 1 + n % 2 from generate_series(1, 100) n;
