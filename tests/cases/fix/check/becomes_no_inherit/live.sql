create table item (n int constraint n_pos check (n > 0), m int constraint m_pos check (m > 0) no inherit);
create table child () inherits (item);
insert into item values (1, 1);
insert into child values (2, 2);
