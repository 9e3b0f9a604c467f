create schema if not exists public;
