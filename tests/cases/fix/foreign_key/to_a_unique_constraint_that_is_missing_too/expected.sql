create table p (id int primary key, code text not null unique);
create table c (id int primary key, code text references p (code));
