create table t (id int primary key, owner text);
alter table t enable row level security;
create policy own on t using (owner = 'a');
comment on policy own on t is 'each his own';
create statistics st on id, owner from t;
comment on statistics st is 'correlated';
