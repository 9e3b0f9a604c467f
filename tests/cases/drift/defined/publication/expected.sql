create table a (id int primary key, n int);
create table b (id int primary key);
create publication same for table a, b with (publish = 'insert, delete');
create publication options for table a with (publish = 'insert');
create publication members for all tables;
create publication missing for table a;
