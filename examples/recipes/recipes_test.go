package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"slices"
	"testing"

	"github.com/skep-go/skep/examples/internal/outputs"
	"github.com/skep-go/skep/examples/internal/server"
	"github.com/skep-go/skep/hivetest"
	"github.com/skep-go/skep/toolkit/ddl"
	"github.com/skep-go/skep/toolkit/engine"
)

// wanted are the recipes that this collection promises: those of Core and of queries that users of SQLAlchemy look for.
var wanted = []string{
	"create engine", "url format", "connect and raw sql", "transaction block", "define tables", "insert one row",
	"insert many rows", "select", "update", "delete", "expression language", "joins", "outer joins",
	"aggregates, group by, having", "drop tables",
	"order by", "limit and offset", "subqueries", "cte", "exists and correlated", "union", "case", "distinct",
	"self-join by an alias", "bulk operations", "raw text sql", "reflect tables", "inspect tables, columns, keys",
}

func TestRecipesAreComplete(t *testing.T) {
	var names []string
	for _, r := range recipes {
		names = append(names, r.name)
	}
	if got, want := slices.Sorted(slices.Values(names)), slices.Sorted(slices.Values(wanted)); !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

// TestRecipes runs each recipe on a real server: it must print what stands behind it.
func TestRecipes(t *testing.T) {
	printed, err := outputs.Read(".")
	if err != nil {
		t.Fatal(err)
	}
	name := fmt.Sprintf("skep_recipes_%d", os.Getpid()) // another process may run this test on the same server
	dsn, err := server.Database(t.Context(), hivetest.Shared(t, hivetest.Hive401).DSN(), name, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	e, err := engine.Open(dsn, engine.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	defer func() {
		if _, err := e.Exec(context.Background(), ddl.DropSchema(name).Cascade()); err != nil {
			t.Error(err)
		}
	}()
	if err := setUp(t.Context(), e); err != nil {
		t.Fatal(err)
	}
	for _, r := range recipes {
		t.Run(r.name, func(t *testing.T) {
			var out bytes.Buffer
			err := r.run(t.Context(), e, &out)
			if err != nil {
				t.Error(err)
			}
			if got, want := outputs.Trim(out.String()), printed[outputs.NameOf(r.run)]; got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}
