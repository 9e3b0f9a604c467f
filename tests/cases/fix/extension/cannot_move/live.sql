create schema z;
create extension xml2;
