package dialect_test

import (
	"testing"

	"github.com/skep-go/skep/dialect"
	"github.com/skep-go/skep/toolkit/compile"
	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/schema"
)

// TestPartitionLint: the dialect tells by which columns a table is partitioned.
func TestPartitionLint(t *testing.T) {
	table := expr.T(schema.NewTable(nil, "events", schema.Col("id", schema.BigInt), schema.Col("day", schema.Date),
		dialect.PartitionedBy("day")))
	id, day := expr.Col[expr.Int](table, "id"), expr.Col[expr.Date](table, "day")
	for _, tc := range []struct {
		q    expr.SelectStmt
		want int
	}{
		{expr.Select(id), 1},
		{expr.Select(id).Where(id.Gt(1)), 1},
		{expr.Select(id).Where(day.Gt(schema.CivilDate{Year: 2013, Month: 6, Day: 1})), 0},
	} {
		st, err := compile.Options{Lint: true}.Compile(dialect.New(dialect.Hive40), tc.q)
		if err != nil {
			t.Fatal(err)
		}
		if got := st.Lints(); len(got) != tc.want {
			t.Errorf("%s: got %v, want %d", st.Template(), got, tc.want)
		}
	}
}
