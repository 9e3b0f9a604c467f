create table t (id int, owner text);
create table twin (id int, owner varchar(10));
create policy changed on t using (owner = 'nobody');
create policy extra on t as restrictive using (true);
create policy other_roles on t for select to pg_monitor using (true);
create policy spelled on twin using (owner::text = any ((array['a'::varchar, 'b'::varchar])::text[]));
