create table p (k int primary key);
create table t (id int primary key, a int, b int not null generated always as (a * 2) stored,
  constraint t_b_check check (b < 1000), constraint t_b_key unique (b), constraint t_b_fkey foreign key (b) references p);
insert into p select n from generate_series(1, 40) n;
insert into t (id, a) select n, n from generate_series(1, 10) n;
