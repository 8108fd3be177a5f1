package driver_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/skep-go/skep/driver"
	"github.com/skep-go/skep/hive"
	"github.com/skep-go/skep/hivetest"
)

// dsn leads the examples to a server. TestExamples gives them a real one.
var dsn = "hive://ana@localhost:10000/flights"

func Example() {
	db, err := sql.Open("hive", dsn) // hive://user:password@host:port/database?key=value, or a jdbc:hive2:// URL
	if err != nil {
		log.Fatal(err)
	}
	defer db.Close()

	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel() // a query that still runs is cancelled, here and on the server
	rows, err := db.QueryContext(ctx, `
		select carrier, count(*), avg(delay)
		from flights
		where origin = :origin and month in (:months)
		group by carrier
		order by carrier`,
		sql.Named("origin", "JFK"), sql.Named("months", []int{6, 7, 8}))
	if err != nil {
		log.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var carrier string
		var flights int
		var delay sql.NullFloat64
		if err := rows.Scan(&carrier, &flights, &delay); err != nil {
			log.Fatal(err)
		}
		fmt.Println(carrier, flights, delay)
	}
	if err := rows.Err(); err != nil { // nil says that the result is complete
		log.Fatal(err)
	}
}

func ExampleWithOptions() {
	db, err := sql.Open("hive", dsn)
	if err != nil {
		log.Fatal(err)
	}
	defer db.Close()

	ctx := driver.WithOptions(context.Background(), hive.Options{
		Timeout:    time.Minute, // the server keeps it
		Tag:        "nightly report",
		OnProgress: func(p hive.Progress) { log.Printf("%3.0f %%", 100*p.Fraction) },
	})
	var flights int
	if err := db.QueryRowContext(ctx, "select count(*) from flights").Scan(&flights); err != nil {
		log.Fatal(err)
	}
	fmt.Println(flights)
}

func ExampleConn_Session() {
	db, err := sql.Open("hive", dsn)
	if err != nil {
		log.Fatal(err)
	}
	defer db.Close()

	ctx := context.Background()
	conn, err := db.Conn(ctx)
	if err != nil {
		log.Fatal(err)
	}
	defer conn.Close()
	err = conn.Raw(func(c any) error {
		session := c.(*driver.Conn).Session()
		rows, err := session.Query(ctx, "select carrier, delay from flights", hive.Options{})
		if err != nil {
			return err
		}
		defer rows.Close(ctx)
		for {
			batch, err := rows.NextBatch(ctx)
			if err == io.EOF {
				return nil
			}
			if err != nil {
				return err
			}
			for row := range batch.Len() {
				delay, err := batch.Value(row, 1)
				if err != nil {
					return err
				}
				fmt.Printf("%v ", delay)
			}
		}
	})
	if err != nil {
		log.Fatal(err)
	}
}

func Example_errors() {
	db, err := sql.Open("hive", dsn)
	if err != nil {
		log.Fatal(err)
	}
	defer db.Close()

	var delay float64
	err = db.QueryRow("select max(dilay)\nfrom flights").Scan(&delay)
	var failed *hive.Error
	switch {
	case errors.As(err, &failed):
		fmt.Println(failed.SQLState, failed.Code, failed.Line, failed.Column)
		fmt.Println(failed)
	case errors.Is(err, hive.ErrSessionExpired):
		fmt.Println("the statement was not run")
	}
}

// TestExamples runs the examples, which README.md shows too, against a real Hive.
func TestExamples(t *testing.T) {
	server := hivetest.Shared(t, hivetest.Hive401)
	dsn = exampleDatabase(t, server.DSN())
	tests := map[string]struct {
		example func()
		want    string
	}{
		"query":          {Example, "AA 1 {-3 true}\nUA 2 {11 true}\n"},
		"options":        {ExampleWithOptions, "4\n"},
		"native session": {ExampleConn_Session, "11 <nil> -3 0.5 "},
		"errors": {
			Example_errors, "42000 10004 1 12\n" +
				"hive: Error while compiling statement: FAILED: SemanticException [Error 10004]: Line 1:11 Invalid table alias " +
				"or column reference 'dilay': (possible column names are: carrier, origin, month, delay) (SQLSTATE 42000, code 10004)\n" +
				"select max(dilay)\n           ^\n",
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := printed(t, tt.example); got != tt.want {
				t.Errorf("got:\n%s\nwant:\n%s", got, tt.want)
			}
		})
	}
}

// TestServer is what README.md shows of hivetest.
func TestServer(t *testing.T) {
	server := hivetest.Shared(t, hivetest.Hive401) // starts it, or finds it running
	db, err := sql.Open("hive", server.DSN())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var version string
	if err := db.QueryRowContext(t.Context(), "select version()").Scan(&version); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(version, server.Version()) {
		t.Errorf("version() = %q, want %q", version, server.Version())
	}
}

// exampleDatabase makes a database with a few flights, and returns its DSN.
func exampleDatabase(t *testing.T, dsn string) string {
	t.Helper()
	cfg, err := hive.ParseDSN(dsn)
	if err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("hive", dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := db.Exec("drop database if exists " + cfg.Database + " cascade"); err != nil {
			t.Error(err)
		}
		db.Close()
	})
	cfg.Database = fmt.Sprintf("driver_examples_%d", os.Getpid())
	for _, statement := range []string{
		"create database " + cfg.Database,
		"create view " + cfg.Database + `.flights as
		select inline(array(
			struct('UA', 'JFK', 6, 11.0D), struct('UA', 'JFK', 7, cast(null as double)),
			struct('AA', 'JFK', 8, -3.0D), struct('AA', 'LGA', 8, 0.5D)
		)) as (carrier, origin, month, delay)`,
	} {
		if _, err := db.ExecContext(t.Context(), statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
	return cfg.FormatDSN()
}

// printed gives what f writes to the standard output.
func printed(t *testing.T, f func()) string {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout := os.Stdout
	os.Stdout = w
	f() // prints less than a pipe holds
	os.Stdout = stdout
	w.Close()
	text, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
