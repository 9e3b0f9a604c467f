create table t (a text); create index i on t (lower(a)); alter index i alter column 1 set statistics 500;
