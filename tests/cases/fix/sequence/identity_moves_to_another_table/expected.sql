create table private_jobs (id bigint generated always as identity (sequence name jobs_id_seq) constraint jobs_key primary key, task text not null);
create view jobs as select id, task from private_jobs;
create function next_job() returns private_jobs language sql as $$ select * from private_jobs limit 1 $$;
