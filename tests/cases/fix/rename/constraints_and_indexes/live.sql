create table p (id int, constraint a primary key (id));
create table t (
    id int, p int, a int,
    constraint b primary key (id), constraint c foreign key (p) references p, constraint d unique (a), constraint e check (a > 0)
);
create index f on t (p);
insert into p select n from generate_series(1, 100) n;
insert into t select n, n, n from generate_series(1, 100) n;
