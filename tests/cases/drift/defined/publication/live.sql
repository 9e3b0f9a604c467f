create table a (id int primary key, n int);
create table b (id int primary key);
create publication same for table b, a with (publish = 'delete, insert');
create publication options for table a;
create publication members for table a;
create publication stray for table b;
