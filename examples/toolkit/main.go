// Command toolkit declares tables in Go, makes them in Hive, fills them and asks a question, without a line of SQL: it
// prints what the toolkit has written, and what Hive answers.
//
//	go run ./examples/toolkit                                      # starts a real Hive of its own; needs Java and Maven
//	go run ./examples/toolkit -dsn hive://user@host:10000/default  # or use yours
//
// It works in a database named flights_toolkit, which it drops first.
package main

import (
	"context"
	"database/sql"
	"flag"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/skep-go/skep/dialect"
	"github.com/skep-go/skep/driver"
	"github.com/skep-go/skep/examples/internal/server"
	"github.com/skep-go/skep/hive"
	"github.com/skep-go/skep/toolkit/compile"
	"github.com/skep-go/skep/toolkit/ddl"
	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/fn"
	"github.com/skep-go/skep/toolkit/schema"
)

func main() {
	dsn := flag.String("dsn", os.Getenv("SKEP_HIVE_DSN"), "data source name of the `server`; empty starts one")
	flag.Parse()
	ctx := context.Background()
	if err := server.On(ctx, *dsn, func(dsn string) error { return run(ctx, os.Stdout, dsn) }); err != nil {
		fmt.Fprintln(os.Stderr, "toolkit:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, out io.Writer, dsn string) error {
	db, err := sql.Open("hive", dsn)
	if err != nil {
		return err
	}
	defer db.Close()
	statements := []expr.Node{
		ddl.DropSchema(database).IfExists().Cascade(),
		ddl.CreateSchema(database),
	}
	creates, err := ddl.CreateAll(tables)
	if err != nil {
		return err
	}
	for _, s := range creates {
		statements = append(statements, s)
	}
	statements = append(statements, airlines(), flights())
	for _, s := range statements {
		if err := execute(ctx, out, db, s); err != nil {
			return err
		}
	}
	return answer(ctx, out, db, late())
}

func airlines() expr.Node {
	return expr.Insert(Airlines).Columns(Airlines.Carrier, Airlines.Name).
		Values("UA", "United Air Lines Inc.").
		Values("AA", "American Airlines Inc.").
		Values("B6", "JetBlue Airways").
		Values("DL", "Delta Air Lines Inc.")
}

// flights are some of 1 January 2013. Hive finds the partition of each by its origin.
func flights() expr.Node {
	newYear := schema.CivilDate{Year: 2013, Month: time.January, Day: 1}
	insert := expr.Insert(Flights).
		Columns(Flights.Day, Flights.Carrier, Flights.Flight, Flights.Dest, Flights.DepDelay, Flights.Origin)
	for _, f := range []struct {
		carrier string
		flight  int
		dest    string
		delay   any
		origin  string
	}{
		{"UA", 1545, "IAH", 2.0, "EWR"},
		{"UA", 1714, "IAH", 4.0, "LGA"},
		{"AA", 1141, "MIA", 2.0, "JFK"},
		{"B6", 725, "BQN", -1.0, "JFK"},
		{"DL", 461, "ATL", -6.0, "LGA"},
		{"UA", 1696, "ORD", -4.0, "EWR"},
		{"B6", 507, "FLL", -5.0, "EWR"},
		{"AA", 791, "DFW", nil, "LGA"},
		{"AA", 301, "ORD", -2.0, "LGA"},
	} {
		insert = insert.Values(newYear, f.carrier, f.flight, f.dest, f.delay, f.origin)
	}
	return dialect.Insert(insert).Dynamic(Flights.Origin)
}

// late asks which airlines leave late.
func late() expr.SelectStmt {
	return expr.Select(Airlines.Name, fn.Count().As("flights"), fn.Avg(Flights.DepDelay).As("delay")).
		From(Flights).Join(Airlines). // by the foreign key
		Where(Flights.DepDelay.IsNotNull(), Flights.Origin.In("EWR", "JFK", "LGA")).
		GroupBy(Airlines.Name).
		OrderBy(expr.Desc("delay"))
}

// text compiles a statement, and gives the context by which the session is set as it needs.
func text(ctx context.Context, out io.Writer, n expr.Node) (context.Context, string, error) {
	st, err := compile.Compile(dialect.New(dialect.Hive40), n)
	if err != nil {
		return ctx, "", err
	}
	query, err := st.SQL()
	if err != nil {
		return ctx, "", err
	}
	fmt.Fprintln(out, query)
	return driver.WithOptions(ctx, hive.Options{Conf: st.Settings()}), query, nil
}

func execute(ctx context.Context, out io.Writer, db *sql.DB, n expr.Node) error {
	ctx, query, err := text(ctx, out, n)
	if err != nil {
		return err
	}
	_, err = db.ExecContext(ctx, query)
	return err
}

func answer(ctx context.Context, out io.Writer, db *sql.DB, q expr.SelectStmt) error {
	ctx, query, err := text(ctx, out, q)
	if err != nil {
		return err
	}
	rows, err := db.QueryContext(ctx, query)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		var flights int64
		var delay float64
		if err := rows.Scan(&name, &flights, &delay); err != nil {
			return err
		}
		fmt.Fprintf(out, "%-24s %d flights, %+.1f minutes\n", name, flights, delay)
	}
	return rows.Err()
}
