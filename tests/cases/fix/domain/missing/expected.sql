create table t (id int primary key);
create domain email as varchar(200) collate "C" default 'nobody@x' not null constraint has_at check (value like '%@%');
