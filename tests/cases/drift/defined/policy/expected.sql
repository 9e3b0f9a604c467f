create table t (id int, owner text);
create table twin (id int, owner varchar(10));
create policy changed on t using (owner = current_user);
create policy gone on t for delete using (false);
create policy other_roles on t for select using (true);
create policy spelled on twin using (owner in ('a', 'b'));
-- With its table.
create table missing (id int);
create policy unsaid on missing using (true);
