create table p (id int primary key);
create table c (id int primary key, p int);
insert into c values (1, 7);
alter table c add constraint c_p_fkey foreign key (p) references p not valid;
