create type job_status as enum ('todo', 'doing', 'done');
create table jobs (id bigint primary key, status job_status not null default 'todo', queue text not null);
create index jobs_open on jobs (queue) where status <> 'done';
create function close_job(job bigint, becomes job_status, first timestamp with time zone, last timestamp with time zone) returns void language sql as $$ update jobs set status = becomes where id = job $$;
