package main

// table is one table of the demo. Its file has the same name.
type table struct {
	name   string
	create string

	// fill is the SELECT list that turns f, the fields of a line as strings, into the table's columns. What cannot be
	// cast to a number, such as the file's NA, becomes NULL.
	fill string

	// back is the SELECT list that gives the columns of the file again. Empty if they have the same names.
	back string

	// monthly says that the table is partitioned by month.
	monthly bool
}

// tables are in the order in which they are loaded. The time of "2013-01-01T10:00:00Z" is written for Hive's TIMESTAMP by
// translate, which makes a blank of the T and nothing of the Z.
var tables = []table{{
	name: "airlines",
	create: `
		create table airlines (carrier string, name string)
		stored as orc`,
	fill: `f[0], f[1]`,
}, {
	name: "airports",
	create: `
		create table airports (
			faa string, name string,
			location struct<lat: double, lon: double, alt: int>,
			tz int, dst string, tzone string)
		stored as orc`,
	fill: `
		f[0], f[1],
		named_struct('lat', cast(f[2] as double), 'lon', cast(f[3] as double), 'alt', cast(f[4] as int)),
		cast(f[5] as int), f[6], nullif(f[7], 'NA')`,
	back: `faa, name, location.lat, location.lon, location.alt, tz, dst, tzone`,
}, {
	name: "planes",
	create: `
		create table planes (
			tailnum string, year int, type string, manufacturer string, model string,
			engines int, seats int, speed int, engine string)
		stored as orc`,
	fill: `
		f[0], cast(f[1] as int), f[2], f[3], f[4],
		cast(f[5] as int), cast(f[6] as int), cast(f[7] as int), f[8]`,
}, {
	name: "weather",
	create: `
		create table weather (
			origin string, year int, month int, day int, hour int,
			temp double, dewp double, humid double, wind_dir int, wind_speed double, wind_gust double,
			precip double, pressure double, visib double, time_hour timestamp)
		stored as orc`,
	fill: `
		f[0], cast(f[1] as int), cast(f[2] as int), cast(f[3] as int), cast(f[4] as int),
		cast(f[5] as double), cast(f[6] as double), cast(f[7] as double), cast(f[8] as int), cast(f[9] as double),
		cast(f[10] as double), cast(f[11] as double), cast(f[12] as double), cast(f[13] as double),
		cast(translate(f[14], 'TZ', ' ') as timestamp)`,
}, {
	name: "flights",
	create: `
		create table flights (
			year int, day int,
			dep_time int, sched_dep_time int, dep_delay int, arr_time int, sched_arr_time int, arr_delay int,
			carrier string, flight int, tailnum string, origin string, dest string,
			air_time int, distance int, hour int, minute int, time_hour timestamp)
		partitioned by (month int)
		stored as orc`,
	monthly: true,
	fill: `
		cast(f[0] as int), cast(f[2] as int),
		cast(f[3] as int), cast(f[4] as int), cast(f[5] as int), cast(f[6] as int), cast(f[7] as int), cast(f[8] as int),
		f[9], cast(f[10] as int), nullif(f[11], 'NA'), f[12], f[13],
		cast(f[14] as int), cast(f[15] as int), cast(f[16] as int), cast(f[17] as int),
		cast(translate(f[18], 'TZ', ' ') as timestamp)`,
}}
