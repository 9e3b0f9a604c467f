create domain name_of as text;
create table t (id int primary key, a name_of);
create table u (id int primary key, a name_of);
insert into t values (1, 'x');
insert into u values (1, null);
