package main

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/skep-go/skep/hive"
	"github.com/skep-go/skep/hivetest"
	"github.com/skep-go/skep/internal/gen"
	hivereflect "github.com/skep-go/skep/reflect"
)

// The whole tour against a real server, with the flights of one month only.
func TestTour(t *testing.T) {
	dsn := hivetest.Shared(t, hivetest.Hive401).DSN()
	database := fmt.Sprintf("flights_demo_test_%d", os.Getpid()) // another process may run this test on the same server
	t.Cleanup(func() { dropDatabase(t, dsn, database) })
	ctx, cancel := context.WithTimeout(t.Context(), 8*time.Minute)
	defer cancel()

	var text bytes.Buffer
	err := run(ctx, &screen{Writer: &text, width: 80}, dsn, options{database: database, months: []string{"2"}})
	t.Log(text.String())
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"13.1      11.8          7.0        10.8", // the mean delays of February, from the grouping sets
		"BQN PSE SJU STT",                         // the airports that airports.csv lacks
		"9E is Endeavor Air Inc.",                 // by the struct that was generated
		"05:00 ",                                  // the chart begins in the morning
		"All 55,862 rows",                         // 24951 + 16 + 1458 + 3322 + 26115
		"deadline exceeded",                       // what database/sql said of the runaway query
		"knows nothing of it",                     // what the server said
	} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("the output lacks %q", want)
		}
	}
	checkGenerated(ctx, t, dsn, database)
}

// checkGenerated is what skep gen -check does: the file of package nyc is what Hive says of the tables.
func checkGenerated(ctx context.Context, t *testing.T, dsn, database string) {
	t.Helper()
	cfg, err := hive.ParseDSN(dsn)
	if err != nil {
		t.Fatal(err)
	}
	cfg.Database = database
	session, err := hive.Connect(ctx, cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer session.Close(ctx)
	from, err := hivereflect.OverSession(ctx, session)
	if err != nil {
		t.Fatal(err)
	}
	want, err := gen.Reflect(ctx, from, gen.Request{Package: "nyc"})
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile("nyc/tables.go")
	if err != nil {
		t.Fatal(err)
	}
	if d := gen.Diff(string(got), string(want)); d != "" {
		t.Errorf("nyc/tables.go is to be written anew:\n%s", d)
	}
}

func TestRunFails(t *testing.T) {
	var text bytes.Buffer
	err := run(t.Context(), &screen{Writer: &text, width: 80}, "hive://127.0.0.1:1/default", options{database: "x"})
	if err == nil || !strings.Contains(err.Error(), "127.0.0.1:1") {
		t.Errorf("no server: got the error %v, want one that names the address", err)
	}
	err = run(t.Context(), &screen{Writer: &text, width: 80}, "hive://host/db?nosuch=1", options{database: "x"})
	if err == nil || !strings.Contains(err.Error(), "nosuch") {
		t.Errorf("bad DSN: got the error %v, want one that names the key", err)
	}
}

func TestContentIgnoresOrderOnly(t *testing.T) {
	sum := func(lines ...string) (c content) {
		for _, line := range lines {
			c.add(line)
		}
		return c
	}
	if a, b := sum("1,NA,x", "2,3,y"), sum("2,3,y", "1,NA,x"); a != b || a.rows != 2 || a.nulls != 1 {
		t.Errorf("the same lines in another order: %v and %v, want 2 rows with 1 NULL twice", a, b)
	}
	for _, other := range [][]string{{"1,NA,x"}, {"1,NA,x", "2,3,z"}, {"1,NA,x", "1,NA,x"}, {"1,NA,x", "2,3,y", "2,3,y"}} {
		if a, b := sum("1,NA,x", "2,3,y"), sum(other...); a == b {
			t.Errorf("%q counts as equal", other)
		}
	}
}

func dropDatabase(t *testing.T, dsn, database string) {
	db, err := sql.Open("hive", dsn)
	if err != nil {
		t.Error(err)
		return
	}
	defer db.Close()
	if _, err := db.Exec("drop database if exists " + database + " cascade"); err != nil {
		t.Error(err)
	}
}
