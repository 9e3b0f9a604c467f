create table p (id int primary key);
create table c (id int primary key, p int references p on delete set null);
create index c_p_idx on c (p) where p is not null;
