drop table if exists sales;
drop table if exists feed;
drop table if exists scalars;
drop table if exists bags;
create table sales (a int, b string) partitioned by (dt string, country string) stored as orc;
create table feed (id int, a int, s string, gone boolean) stored as orc;
create table scalars (i int, n bigint, s string, x double, d decimal(10,2), day date, raw binary) stored as orc;
create table bags (i int, tags array<varchar(3)>, props map<string,bigint>, point struct<x:int,y:string>) stored as orc;
insert into feed values (1, 10, 'one', false), (2, 20, 'two', true), (3, 30, 'three', false);

