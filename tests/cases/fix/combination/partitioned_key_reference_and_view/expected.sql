create table p (id int, kind int, note text default 'x', primary key (id, kind)) partition by list (kind);
create table p_1 partition of p for values in (1);
create table p_2 partition of p for values in (2);
create table c (p int, kind int, foreign key (p, kind) references p on delete set null);
create view v as select id, note from p;
