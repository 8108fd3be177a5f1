package live

import (
	"testing"

	"github.com/skep-go/skep/toolkit/compile"
	"github.com/skep-go/skep/toolkit/expr"
)

// SQL is what a dialect makes of a statement.
func SQL(t *testing.T, d compile.Dialect, n expr.Node) string {
	t.Helper()
	st, err := compile.Compile(d, n)
	if err != nil {
		t.Fatal(err)
	}
	sql, err := st.SQL()
	if err != nil {
		t.Fatal(err)
	}
	return sql
}
