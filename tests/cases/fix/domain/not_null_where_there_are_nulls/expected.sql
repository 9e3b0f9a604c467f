create domain name_of as text not null;
create table t (id int primary key, a name_of);
create table u (id int primary key, a name_of);
