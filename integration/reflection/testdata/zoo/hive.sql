-- What Hive has and Spark has not.

create table bucketed (id bigint, day date, v string)
clustered by (id, day) sorted by (id asc, day desc) into 8 buckets
stored as orc;

create table united (u uniontype<int,string,array<struct<a:int,b:map<string,decimal(10,2)>>>>);

create table skewed (a int, b string)
skewed by (a, b) on ((1, 'x'), (2, 'it\'s')) stored as directories
stored as orc;

create table skewed_one (a int) skewed by (a) on (1, 2);

create table parents (id bigint, code string, primary key (id) disable novalidate rely);

create table children (
  id bigint, parent bigint, a int, b string,
  constraint ${DATABASE}_pk primary key (id, a) disable novalidate,
  constraint ${DATABASE}_fk foreign key (parent) references parents(id) disable novalidate
);

create table all_parts (v int)
partitioned by (b boolean, t tinyint, s smallint, i int, l bigint, f float, d double, n decimal(5,2), c char(3), vc varchar(5), st string, dt date, ts timestamp);

create view parted_view partitioned on (day) as select v, day from parted;
