-- Purpose: the drifts bench.first to bench.last (settings) of the measured schema, eleven to a table that has a view.
--          Each is one difference from tables.sql.
do $$
declare
  name text;
begin
  for n in current_setting('bench.first')::int .. current_setting('bench.last')::int loop
    name := format('table_%s', to_char(5 * (1 + n / 11), 'FM00000'));
    execute case n % 11
      when 0 then format('alter table %I drop column note', name)
      when 1 then format('alter table %I alter column name drop not null', name)
      when 2 then format('alter table %I alter column quantity set default 2', name)
      when 3 then format('alter table %1$I drop constraint %2$I, add constraint %2$I check (amount > 0 and quantity between 1 and 1000)', name, name || '_sane')
      when 4 then format('drop index %I', name || '_parent')
      when 5 then format('drop index %1$I; create index %1$I on %2$I (created_at desc) where not is_active', name || '_active', name)
      when 6 then format('drop index %1$I; create index %1$I on %2$I (upper(email), status)', name || '_email', name)
      when 7 then format('drop trigger %I on %I', name || '_touch', name)
      when 8 then format($sql$
        create or replace view %I as
        select t.id, t.name, o.name as owner, coalesce(t.amount, 0) * t.quantity as total
        from %I t join owners o on o.id = t.owner_id
        where t.is_active and t.status <> 'open'$sql$, name || '_report', name)
      when 9 then format('alter table %1$I drop constraint %2$I, add constraint %2$I foreign key (owner_id) references owners (id) on delete cascade', name, name || '_owner_id_fkey')
      when 10 then format('create table %I (id bigint primary key)', name || '_extra')
    end;
  end loop;
end $$
