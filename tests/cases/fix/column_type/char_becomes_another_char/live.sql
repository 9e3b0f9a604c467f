create table t (id int primary key, a char(2), b text, c varchar(2), d int, e char(3)[]);
insert into t values (1, 'DE', 'DK', 'FR', 1234, '{DE,DEU}'), (2, 'DK', null, 'x', null, '{}');
