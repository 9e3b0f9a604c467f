create table p (id int primary key);
create table c (id int primary key, p int not null references p on delete restrict);
create index c_p_idx on c (p desc);
