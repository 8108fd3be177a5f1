package dialect_test

import (
	"testing"

	"github.com/skep-go/skep/dialect"
	"github.com/skep-go/skep/toolkit/compile"
	"github.com/skep-go/skep/toolkit/expr"
)

// TestTupleInItsOwnTable: a query that reads from nothing but the table of the query around it is about all of its rows,
// and is not taken for one that reads from that query.
func TestTupleInItsOwnTable(t *testing.T) {
	st, err := compile.Compile(dialect.New(dialect.Hive40), expr.Select(T.A).Where(expr.Row(T.A, T.B).InQuery(expr.Select(T.A, T.B))))
	if err != nil {
		t.Fatal(err)
	}
	const want = "SELECT t.a FROM t WHERE EXISTS (SELECT 1 FROM (SELECT t.a, t.b FROM t) AS anon_1 WHERE anon_1.a = t.a AND anon_1.b = t.b)"
	if got := st.Template(); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
