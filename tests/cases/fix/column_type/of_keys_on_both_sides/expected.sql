create table p (id bigint primary key);
create table c (id bigint primary key, p bigint not null references p on delete cascade);
create index c_p_idx on c (p);
