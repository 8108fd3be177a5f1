-- What Hive 4 has and Hive 2 has not.

create table instants (i timestamp with local time zone, n array<timestamp with local time zone>);

create table constrained (
  id bigint not null disable,
  code string unique disable,
  a int default 1,
  e decimal(5,2) check (e > 0) disable,
  d date default cast('2020-01-02' as date) disable,
  s string default 'it\'s' disable,
  constraint ${DATABASE}_ab unique (id, a) disable novalidate,
  constraint ${DATABASE}_check check (a < 5 and code <> 'it\'s') disable
) tblproperties ('transactional' = 'true', 'transactional_properties' = 'insert_only');

create table acid (id bigint, v string) stored as orc tblproperties ('transactional' = 'true');

create table acid_parted (id bigint, v string) partitioned by (day date) clustered by (id) into 2 buckets
stored as orc tblproperties ('transactional' = 'true');

create table insert_only (id bigint) stored as parquet
tblproperties ('transactional' = 'true', 'transactional_properties' = 'insert_only');

create table as_json (a int, b struct<c:string>) stored as jsonfile;

create external table purged (a int) stored as orc tblproperties ('external.table.purge' = 'true');

create managed table managed (a int) stored as orc tblproperties ('transactional' = 'true');

create materialized view summed disable rewrite comment 'materialized' as select id, count(*) as n from acid group by id;

create table as_avro (a int, b string) stored as avro;

create table by_schema
row format serde 'org.apache.hadoop.hive.serde2.avro.AvroSerDe'
stored as inputformat 'org.apache.hadoop.hive.ql.io.avro.AvroContainerInputFormat'
outputformat 'org.apache.hadoop.hive.ql.io.avro.AvroContainerOutputFormat'
tblproperties ('avro.schema.literal' = '{"type":"record","name":"r","fields":[{"name":"id","type":"long"},{"name":"tags","type":{"type":"array","items":"string"}}]}');
