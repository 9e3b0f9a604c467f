create table jobs (id bigint generated always as identity (sequence name jobs_id_seq) constraint jobs_key primary key, task text not null);
create function next_job() returns jobs language sql as $$ select * from jobs limit 1 $$;
insert into jobs (task) values ('a');
