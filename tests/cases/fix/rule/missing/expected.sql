create table t (id int primary key, a int);
create table log (a int);
create rule keep as on delete to t do also (insert into log values (old.a); notify kept);
create rule quiet as on update to t where new.a < 0 do instead nothing;
