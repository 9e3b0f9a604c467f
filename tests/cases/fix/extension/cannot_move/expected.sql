create schema z;
create extension xml2 schema z;
