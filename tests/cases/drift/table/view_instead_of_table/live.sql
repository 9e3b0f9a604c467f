create view t as select 1 as a;
