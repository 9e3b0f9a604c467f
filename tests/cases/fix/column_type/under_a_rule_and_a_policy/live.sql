create table t (id int primary key, a int);
create table log (a int);
create rule keep as on delete to t do also insert into log values (old.a);
create policy small on t using (a < 100);
insert into t select n, n from generate_series(1, 300) n;
