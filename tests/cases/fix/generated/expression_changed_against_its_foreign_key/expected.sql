create table p (k int primary key);
create table t (id int primary key, a int, b int not null generated always as (a + 100) stored,
  constraint t_b_check check (b < 1000), constraint t_b_key unique (b), constraint t_b_fkey foreign key (b) references p);
