// Command tutorial retells SQLAlchemy's Unified Tutorial, as far as it is about Core, for Hive. It is to be read from
// chapter1.go on, top to bottom: each function is a section, and what it prints stands at its end.
//
//	go run ./examples/tutorial                                      # starts a real Hive of its own; needs Java and Maven
//	go run ./examples/tutorial -dsn hive://user@host:10000/default  # or use yours
//
// It works in a database named skep_tutorial, which it drops first.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	_ "github.com/skep-go/skep" // engines on URLs of Hive
	"github.com/skep-go/skep/examples/internal/server"
	"github.com/skep-go/skep/toolkit/engine"
	"github.com/skep-go/skep/toolkit/expr"
)

// section is a piece of a chapter. Sections run in their order: one finds what those before it have left.
type section struct {
	title string
	run   func(ctx context.Context, e *engine.Engine, out io.Writer) error
}

var sections = slices.Concat(connectivity, transactions, metaData, inserting, selecting, joining, composing, functions, changing)

func main() {
	dsn := flag.String("dsn", os.Getenv("SKEP_HIVE_DSN"), "data source name of the `server`; empty starts one")
	flag.Parse()
	ctx := context.Background()
	err := server.With(ctx, *dsn, "skep_tutorial", func(dsn string) error {
		e, err := engine.Open(dsn, engine.Config{})
		if err != nil {
			return err
		}
		defer e.Close()
		for _, s := range sections {
			fmt.Printf("\n== %s\n", s.title)
			if err := s.run(ctx, echo(e, os.Stdout), os.Stdout); err != nil {
				return fmt.Errorf("%s: %w", s.title, err)
			}
		}
		return nil
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, "tutorial:", err)
		os.Exit(1)
	}
}

// echo is the engine with a hook that prints each statement before it is sent, as echo=True does. (A log of them, with
// their times, needs no hook: see engine.Options.)
func echo(e *engine.Engine, out io.Writer) *engine.Engine {
	return e.With(engine.Options{Hooks: []engine.Hooks{{
		BeforeExecute: func(ctx context.Context, event *engine.Event) (context.Context, error) {
			fmt.Fprintf(out, "\n%s\n\n", lines.Replace(event.SQL))
			return ctx, nil
		},
	}}})
}

// lines breaks a statement before its clauses.
var lines = func() *strings.Replacer {
	pairs := []string{"DELETE FROM ", "DELETE FROM ", ") SELECT ", ")\nSELECT ", " UNION ALL ", "\nUNION ALL\n"}
	for _, clause := range []string{
		"FROM", "JOIN", "LEFT JOIN", "LEFT SEMI JOIN", "LATERAL VIEW", "WHERE", "GROUP BY", "HAVING", "ORDER BY", "LIMIT",
		"VALUES", "USING", "WHEN MATCHED", "PARTITIONED BY", "STORED AS", "TBLPROPERTIES",
	} {
		pairs = append(pairs, " "+clause+" ", "\n"+clause+" ")
	}
	return strings.NewReplacer(pairs...)
}()

// show prints the rows of a query.
func show(ctx context.Context, e engine.Executor, out io.Writer, q expr.Node) error {
	res, err := e.Query(ctx, q)
	if err != nil {
		return err
	}
	return res.WriteTable(ctx, out)
}
