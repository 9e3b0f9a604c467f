create schema z;
