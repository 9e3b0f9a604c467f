create table t (id int primary key, owner text);
create policy own on t using (owner = current_user);
