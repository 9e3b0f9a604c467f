create table p (id int primary key, code text);
create unique index p_code_idx on p (code);
create table c (id int primary key, code text references p (code));
