create table t (id int primary key, a text, b text, c json);
insert into t values (1, '12', '{1,2}', '{"a": 1}'), (2, '-7', null, null);
