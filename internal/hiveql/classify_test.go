package hiveql

import "testing"

func TestClassify(t *testing.T) {
	for want, stmts := range map[Effect][]string{
		Clean: {
			"select 1", "SELECT 1", " -- use x\n/* set a=1 */ select 1", "/*+ hint */select 1", "(select 1) union select 2",
			"with x as (select 1) insert into t select * from x", "from t insert into u select a", "values (1)", "map a using 'x'", "reduce a using 'x'",
			"insert into t values (1)", "insert overwrite table t select 1", "update t set a=1", "delete from t", "DELETE /* x */ FROM t",
			"merge into t using u", "load data inpath 'x' into table t", "truncate table t",
			"show tables", "describe t", "desc t", "explain select 1", "explain analyze select 1",
			"analyze table t compute statistics", "msck repair table t", "export table t to 'x'", "import from 'x'",
			"grant select on t to user u", "revoke select on t from user u", "abort transactions 1", "kill query 'x'", "refresh table t",
			"create table t (temporary int)", "create external table t (a int)", "create transactional table t (a int)", "create managed table t (a int)",
			"create view v as select 1", "create or replace view v as select 1", "create materialized view v as select 1",
			"create database d", "create remote database d", "create schema d", "create function f as 'x'", "create role r",
			"create scheduled query q cron '* * * * *' as select 1", "create resource plan p",
			"drop table t", "drop view v", "drop database d", "drop function f", "alter table t add columns (a int)", "alter view v as select 2",
			"set", "SET;", "set -v", "set hive.execution.engine", " set\n\tenv:HOME ", "list jars", "dfs -ls /",
		},
		Dirty: {
			"", "-- only a comment", ";", "use db", "set k=v", "set k = v", "set k= ", "SET hivevar:a=b", "set role admin", "set time zone 'UTC'", "set catalog c",
			"set -- print\n", "reset", "reset k", "add jar x.jar", "add file x", "delete jar x.jar", "delete", "reload", "compile `x` as groovy named y",
			"create temporary table t (a int)", "CREATE /* x */ TEMPORARY TABLE t (a int)", "create temporary external table t (a int)",
			"create temporary function f as 'x'", "create temporary macro m(x int) x + 1", "create temp view v as select 1",
			"create or replace temporary view v as select 1", "create or replace temp view v as select 1",
			"create or replace global temporary view v as select 1", "create global temporary view v as select 1", "create local temporary table t (a int)",
			"create or table t", "drop temporary function f", "drop temporary macro m", "create", "create 'table'", "create `table`",
			"prepare p from select 1", "execute p using 1", "cache table t", "uncache table t", "clear cache", "declare x int",
			"start transaction", "lock table t shared", "repl load 'x'", "frobnicate", "/* unclosed select 1", "'select'", "`select` 1", "selectx", "?",
		},
	} {
		for _, stmt := range stmts {
			if got := Classify(stmt); got != want {
				t.Errorf("classify %q: got %d, want %d (0 is Dirty, 1 Clean)", stmt, got, want)
			}
		}
	}
}

func TestIsCommand(t *testing.T) {
	for want, stmts := range map[bool][]string{
		true: {
			"set", "set x=1", "SET -v", "-- a\n set x=1", "reset", "dfs -ls /a/*", "crypto list_keys", "erasure listPolicies", "add jar x",
			"list jars", "reload", "delete jar x", "DELETE\nFILE x", "compile `x`", "llap cluster -info", "LLAP cache -purge", "set x=it's",
		},
		false: {
			"", "select 1", "delete from t", "DELETE\n FROM t", "set role admin", "set autocommit true", "llap", "llap x", "setx", "`set` x=1",
			"insert into t values (1)", "/* unclosed",
		},
	} {
		for _, stmt := range stmts {
			if got := IsCommand(stmt); got != want {
				t.Errorf("%q is a command: got %t, want %t", stmt, got, want)
			}
		}
	}
}

func TestIsWrite(t *testing.T) {
	for want, stmts := range map[bool][]string{
		false: {
			"select 1", "select 'insert'", "-- insert\nselect 1", "(select 1) union (select 2)", "values (1)", "with x as (select 1) select * from x",
			"with x as (select 'insert' as `delete` /* merge */) select * from x", "from t select a", "from (select 1) x map a using 'b'",
			"show tables", "describe t", "desc t", "explain insert into t values (1)", "explain analyze select 1", "explain extended drop table t",
			"use d", "set x=1", "reset", "add jar x", "list jars",
		},
		true: {
			"insert into t values (1)", "INSERT overwrite table t select 1", "with x as (select 1) insert into t select * from x",
			"from t insert into u select a", "FROM t\nINSERT INTO u SELECT a INSERT INTO v SELECT a", "with x as (select 1) delete from t",
			"update t set a=1", "delete from t", "delete jar x", "merge into t using u", "load data inpath 'x' into table t",
			"create table t (a int)", "create temporary table t (a int)", "drop table t", "alter table t rename to u", "truncate table t",
			"analyze table t compute statistics", "grant all on t to user u", "explain analyze insert into t values (1)", "explain analyze",
			"dfs -rm /x", "execute p", "frobnicate", "", "from t 'unclosed",
		},
	} {
		for _, stmt := range stmts {
			if got := IsWrite(stmt); got != want {
				t.Errorf("%q is a write: got %t, want %t", stmt, got, want)
			}
		}
	}
}
