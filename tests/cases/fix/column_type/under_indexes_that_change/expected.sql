create table t (id int primary key, score int not null, at timestamptz not null, kind int not null, rank float not null default 0);
create index t_rank on t (rank desc, score desc);
create index t_lower on t (abs(kind));
