create type job_status as enum ('todo', 'doing', 'done', 'cancelled');
create table jobs (id bigint primary key, status job_status not null default 'todo', queue text not null);
create index jobs_open_v1 on jobs (queue) where status <> 'done';
create function finish_job(job bigint, becomes job_status, at timestamp with time zone) returns void language sql as $$ update jobs set status = becomes where id = job $$;
insert into jobs values (1, 'todo', 'a'), (2, 'done', 'b');
