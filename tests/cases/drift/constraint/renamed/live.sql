create table p (id int, constraint odd_pk primary key (id)); create table t (a int, constraint odd_fk foreign key (a) references p, constraint odd_ck check (a > 0), constraint odd_un unique (a));
