-- Tables that every server has. Statements end with a semicolon at the end of a line.

create table scalars (
  b boolean, t tinyint, s smallint, i int, l bigint, f float, d double,
  n decimal, n5 decimal(5), n52 decimal(5,2), n38 decimal(38,18),
  c char(1), c255 char(255), v varchar(1), v65535 varchar(65535),
  st string, bin binary, dt date, ts timestamp
);

create table comments (
  plain int comment 'a comment',
  quotes int comment 'it\'s "quoted" and `ticked`',
  backslash int comment 'C:\\dir\\new',
  semicolon int comment 'a; b -- c /* d */',
  unicode int comment 'Übergröße 漢字 😀',
  hash int comment '# col_name            data_type',
  nocomment int
) comment 'a table\'s comment, with \\ and "';

create table `from` (
  `select` int,
  `order` string comment 'a reserved word',
  `Group` int,
  `a b` int,
  `näme` int,
  `# col_name` int,
  `1st` int,
  `per%cent_` int
);

create table a_b (x int);

create table axb (y int);

create table parted (v string comment 'the value')
partitioned by (day date comment 'the day', hour int, what string);

create table textual (a int, b array<int>, m map<string,int>)
row format delimited fields terminated by '\t' escaped by '\\'
collection items terminated by ',' map keys terminated by ':'
null defined as 'NULL'
stored as textfile;

create table regexed (host string, agent string)
row format serde 'org.apache.hadoop.hive.serde2.RegexSerDe'
with serdeproperties ('input.regex' = '([^ ]*) "([^"]*)"')
stored as textfile;

create table properties (a int)
stored as orc
tblproperties ('orc.compress' = 'ZLIB', 'owner.team' = 'it\'s "us"', 'empty.ish' = ' ', 'path' = 'C:\\dir');

create table as_sequence (a int) stored as sequencefile;

create table as_rc (a int) stored as rcfile;

create table as_orc (a int) stored as orc;

create table as_parquet (a int) stored as parquet;

create external table outside (a int) location '${LOCATION}/outside';

create view plain_view as select i, st as text from scalars where i > 0;

create view named_view (one comment 'the first', two) comment 'a view' as select i, 'it\'s' from scalars;

create view tricky_view as select `a b`, '; -- "' as `select`, '\\' as slash from `from`;
