// Command flights is a tour of Hive by database/sql: it loads the 336,776 flights that left New York City in 2013, asks
// an analyst's questions about them, draws a chart, reads every row back, and stops a query that takes too long.
//
//	go run ./examples/flights                                      # starts a real Hive of its own; needs Java and Maven
//	go run ./examples/flights -dsn hive://user@host:10000/default  # or use yours
//
// It works in a database named flights_demo, which it drops first and leaves behind for you to look at. The exit status
// is 0 only if everything went well and the rows that came back are the rows that were sent.
package main

import (
	"context"
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/skep-go/skep/hive"
	"github.com/skep-go/skep/hivetest"

	_ "github.com/skep-go/skep/driver" // registers "hive"
)

func main() {
	dsn := flag.String("dsn", os.Getenv("SKEP_HIVE_DSN"), "data source name of the `server`; empty starts one")
	flag.Parse()

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := demo(ctx, *dsn)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "flights:", err)
		os.Exit(1)
	}
}

// demo runs the tour against the given server, or against one that it starts and ends.
func demo(ctx context.Context, dsn string) (err error) {
	out := newScreen(os.Stdout)
	if dsn == "" {
		fmt.Fprintln(out, "No -dsn and no SKEP_HIVE_DSN: starting a real Hive 4.0.1. The first time it is downloaded.")
		begin := time.Now()
		server, startErr := hivetest.Start(ctx, hivetest.Options{Kind: hivetest.Hive401, Private: true, Log: os.Stderr})
		if startErr != nil {
			return startErr
		}
		defer func() { err = errors.Join(err, server.Close()) }()
		fmt.Fprintf(out, "It answers queries after %.1f s.\n", time.Since(begin).Seconds())
		dsn = server.DSN()
	}
	return run(ctx, out, dsn, options{database: "flights_demo"})
}

// options are what a test does otherwise than the demo.
type options struct {
	database string   // dropped, and created again
	months   []string // the months whose flights are loaded, e.g. "1"; none stands for the whole year
}

// run is the tour.
func run(ctx context.Context, out *screen, dsn string, o options) error {
	begin := time.Now()
	db, err := open(ctx, out, dsn, o.database)
	if err != nil {
		return err
	}
	defer db.Close()

	files, err := readFiles(o.months)
	if err != nil {
		return err
	}
	if err := load(ctx, out, db, files); err != nil {
		return fmt.Errorf("loading: %w", err)
	}
	if err := ask(ctx, out, db); err != nil {
		return err
	}
	if err := askTyped(ctx, out, db); err != nil {
		return fmt.Errorf("asking without SQL: %w", err)
	}
	if err := drawDelays(ctx, out, db); err != nil {
		return fmt.Errorf("chart: %w", err)
	}
	if err := readBack(ctx, out, db, files); err != nil {
		return fmt.Errorf("reading back: %w", err)
	}
	if err := stopInTime(ctx, out, db); err != nil {
		return fmt.Errorf("stopping a query: %w", err)
	}
	fmt.Fprintf(out, "\nAll done in %.1f s. The tables stay in the database %s.\n", time.Since(begin).Seconds(), o.database)
	return nil
}

// open makes the demo's database anew and returns a pool whose sessions begin in it.
func open(ctx context.Context, out *screen, dsn, database string) (*sql.DB, error) {
	cfg, err := hive.ParseDSN(dsn)
	if err != nil {
		return nil, err
	}
	out.section("Connect to " + cfg.Redacted())

	admin, err := sql.Open("hive", dsn)
	if err != nil {
		return nil, err
	}
	defer admin.Close()
	for _, statement := range []string{
		"drop database if exists " + database + " cascade",
		"create database " + database,
	} {
		if _, err := admin.ExecContext(ctx, statement); err != nil {
			return nil, err
		}
	}

	var version string
	if err := admin.QueryRowContext(ctx, "select version()").Scan(&version); err != nil {
		return nil, err
	}
	version, _, _ = strings.Cut(version, " ") // the rest is the revision
	fmt.Fprintf(out, "The server's version is %s. The database %s is new and empty.\n", version, database)

	cfg.Database = database
	return sql.Open("hive", cfg.FormatDSN())
}
