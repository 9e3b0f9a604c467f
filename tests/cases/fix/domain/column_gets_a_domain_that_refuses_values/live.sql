create table t (id int primary key, a text, tags text[]);
insert into t values (1, 'a@b', '{a@b}'), (2, 'nobody', '{a@b,x}');
