create table item (n int constraint n_pos check (n > 0) no inherit, m int constraint m_pos check (m > 0));
create table child () inherits (item);
