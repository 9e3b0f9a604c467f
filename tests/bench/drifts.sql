-- Purpose: a thousand drifts, spread evenly over the tables 1 to bench.tables (a setting) of the measured schema: ten
--          kinds, one of each for every ten of the tables concerned.
do $$
declare
  every int := greatest(current_setting('bench.tables')::int / 1000, 1);
  name text;
  before text;
begin
  for n in 1 .. least(current_setting('bench.tables')::int, 1000) loop
    name := format('table_%s', to_char(n * every, 'FM00000'));
    before := format('table_%s', to_char(greatest(n * every - 1, 1), 'FM00000'));
    case n % 10
      when 0 then execute format('alter table %I drop column note', name);
      when 1 then execute format('alter table %I drop constraint %I, add constraint %2$I foreign key (parent_id) references %I (id)', name, name || '_parent_id_fkey', before);
      when 2 then execute format('drop index %I', name || '_active');
      when 3 then execute format('alter table %I alter column email type varchar(100)', name);
      when 4 then execute format('alter table %I alter column name drop not null', name);
      when 5 then execute format('alter table %I drop constraint %I cascade', name, name || '_pkey');
      when 6 then execute format('alter table %I drop constraint %I', name, name || '_sane');
      when 7 then execute format('drop trigger %I on %I', name || '_touch', name);
      when 8 then execute format('create table %I (id bigint references %I (id))', name || '_more', name);
      else execute format('create or replace view %I as select t.id, t.name, o.name as owner, t.amount * t.quantity as total, t.note from %I t join owners o on o.id = t.owner_id', name || '_report', name);
    end case;
  end loop;
end $$
