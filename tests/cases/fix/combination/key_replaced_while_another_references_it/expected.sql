create table p (code text not null unique, id int primary key);
create table c (id int primary key, code text references p (code) on delete cascade);
