create domain email as text check (value like '%@%');
create table t (id int primary key, a email, tags email[]);
