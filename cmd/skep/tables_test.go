//go:build unix

package main

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/skep-go/skep/hive"
	"github.com/skep-go/skep/hivetest"

	_ "github.com/skep-go/skep/driver"
)

// TestTables has skep describe tables of a real server, write Go for them, and notice that they have changed.
func TestTables(t *testing.T) {
	server := hivetest.Shared(t, hivetest.Hive401)
	database := fmt.Sprintf("skep_tables_%d", os.Getpid())
	db, err := sql.Open("hive", server.DSN())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	exec := func(statement string) {
		t.Helper()
		if _, err := db.Exec(statement); err != nil {
			t.Fatal(err)
		}
	}
	exec("create database " + database)
	defer exec("drop database " + database + " cascade")
	exec("create table " + database + ".flights (id bigint, stops array<struct<airport:string>>) partitioned by (day date) stored as orc")
	exec("alter table " + database + ".flights add partition (day = '2013-01-01') partition (day = '2013-01-02')")
	exec("create view " + database + ".late as select id from " + database + ".flights")

	cfg, err := hive.ParseDSN(server.DSN())
	if err != nil {
		t.Fatal(err)
	}
	cfg.Database = database
	dsn, metastore, file := cfg.FormatDSN(), "thrift://"+server.MetastoreAddr(), filepath.Join(t.TempDir(), "nyc", "tables.go")
	if err := os.Mkdir(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	expect := func(status int, want string, args ...string) {
		t.Helper()
		stdout, stderr, got := output(t, args)
		if text := stdout + stderr; got != status || !strings.Contains(text, want) {
			t.Errorf("skep %q: got %d\n%s\nwant %d, %s", args, got, text, status, want)
		}
	}
	expect(0, database+".flights (table)", "describe", "-dsn", dsn, "flights")
	expect(0, "partitions  2\n", "describe", "-metastore", metastore, database+".flights")
	expect(0, "(view)", "describe", "-metastore", metastore, "-database", database, "late")
	expect(1, `there is no table "nosuch"`, "describe", "-dsn", dsn, "nosuch")
	expect(1, `there is no schema "no_such"`, "describe", "-metastore", metastore, "no_such.table")

	expect(1, "is not there", "gen", "-dsn", dsn, "-out", file, "-check")
	expect(0, "", "gen", "-dsn", dsn, "-out", file)
	expect(0, "", "gen", "-dsn", dsn, "-out", file, "-check")
	expect(0, "package nyc\n", "gen", "-dsn", dsn, "-package", "nyc")
	expect(0, `schema.DefaultSchema("`+database+`")`, "gen", "-metastore", metastore, "-database", database, "-package", "nyc")
	expect(0, "var Late =", "gen", "-dsn", dsn, "-tables", "late,flights", "-package", "nyc")
	expect(0, "var Late =", "gen", "-dsn", dsn, "-views", "-package", "nyc")
	expect(1, "there are no tables x, y", "gen", "-dsn", dsn, "-tables", "x,late,y", "-package", "nyc")
	exec("alter table " + database + ".flights add columns (gate string)")
	expect(1, "Gate  *string", "gen", "-dsn", dsn, "-out", file, "-check")
	expect(1, "write it anew", "gen", "-dsn", dsn, "-out", file, "-check")
}
