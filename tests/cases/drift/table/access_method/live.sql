create access method other type table handler heap_tableam_handler; create table t (a int) using other;
