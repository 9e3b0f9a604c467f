create extension "uuid-ossp";
create table t (id int primary key, a uuid default uuid_generate_v4());
