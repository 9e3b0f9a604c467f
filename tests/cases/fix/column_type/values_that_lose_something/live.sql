create table t (id int primary key, a text, b text, c text, d text, e json, f timestamp, g numeric);
insert into t values (1, '12.345', '10:00:00.6', '00012', 'DE ', '{"a":1,"a":2}', '2025-01-02 03:04:05.6', 0.4);
