create table t (id int primary key, a bigint);
create table log (a int);
create rule keep as on delete to t do also insert into log values (old.a);
create policy small on t using (a < 100);
