create type kind as enum ('a');
create table keeps (k kind);
