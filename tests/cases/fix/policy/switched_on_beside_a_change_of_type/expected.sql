create table t (id integer primary key, tenant text not null, amount bigint);
alter table t enable row level security;
alter table t force row level security;
create policy own on t using (tenant = current_setting('app.tenant', true));
