create table t (
    id int primary key, during int4range, on_hold boolean,
    exclude using gist (during with &&) where (not on_hold)
);
