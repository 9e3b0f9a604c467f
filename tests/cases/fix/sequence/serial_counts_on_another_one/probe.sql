insert into conseq default values;
