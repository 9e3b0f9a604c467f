create table stays (id int);
