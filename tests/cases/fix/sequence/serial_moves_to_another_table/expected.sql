create sequence jobs_id_seq;
create table private_jobs (id bigint not null default nextval('jobs_id_seq') primary key, task text not null);
alter sequence jobs_id_seq owned by private_jobs.id;
