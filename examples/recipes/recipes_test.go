package main

import (
	"io"
	"slices"
	"testing"

	"github.com/skep-go/skep/examples/internal/outputs"
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
	e := outputs.Engine(t, "skep_recipes")
	if err := setUp(t.Context(), e); err != nil {
		t.Fatal(err)
	}
	for _, r := range recipes {
		t.Run(r.name, func(t *testing.T) {
			outputs.Compare(t, printed[outputs.NameOf(r.run)], func(out io.Writer) error { return r.run(t.Context(), e, out) })
		})
	}
}
