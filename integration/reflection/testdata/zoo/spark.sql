-- What Spark has and Hive has not.

create table by_provider (a int, b string, n struct<x:int,y:array<string>>) using parquet
options ('compression' = 'snappy') comment 'Spark\'s own';

create table by_provider_parted (a int, day date) using orc partitioned by (day);

create table by_provider_bucketed (a int, b int) using parquet clustered by (a) sorted by (b) into 4 buckets;

create table bucketed (id bigint, day date, v string)
clustered by (id, day) sorted by (id) into 8 buckets
stored as orc;

create table as_avro (a int, b string) stored as avro;
