package toolkit

import (
	"slices"
	"testing"

	"github.com/skep-go/skep/integration/internal/live"
	define "github.com/skep-go/skep/toolkit/ddl"
	"github.com/skep-go/skep/toolkit/engine"
	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/schema"
)

// hexed is a text that is kept as the hexadecimal digits of its bytes.
type hexed struct{}

func (hexed) String() string            { return "hexed" }
func (hexed) Impl() schema.Type         { return schema.String }
func (hexed) ToDB(v any) (any, error)   { return v, nil }
func (hexed) FromDB(v any) (any, error) { return v, nil }

func (hexed) WrapValue(v expr.Any) expr.Expr { return expr.Call[expr.String]("hex", v) }

func (hexed) WrapColumn(column expr.Any) expr.Expr {
	return expr.Call[expr.String]("decode", expr.Call[expr.Bytes]("unhex", column), expr.Lit[expr.String]("UTF-8"))
}

// TestWrapped: values go into a table by the expression of their type, and come back by that of its columns.
func TestWrapped(t *testing.T) {
	table := expr.T(schema.NewTable(nil, "wrapped", schema.Col("id", schema.BigInt), schema.Col("word", hexed{})))
	id, word := expr.Col[expr.Int](table, "id"), expr.Col[expr.String](table, "word")
	type row struct {
		ID   int64
		Word *string
	}
	for _, kind := range live.Kinds {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			e := hiveEngine(t, live.Shared(t, kind), engine.Options{})
			for _, n := range []expr.Node{define.DropTable(table.Table()).IfExists(), define.CreateTable(table.Table())} {
				if _, err := e.Exec(t.Context(), n); err != nil {
					t.Fatal(err)
				}
			}
			one, other := "it's", "ünïcode"
			rows := []row{{1, &one}, {2, nil}, {3, &other}}
			if _, err := engine.InsertMany[row](t.Context(), e, expr.Insert(table), rows, engine.BatchOptions{}); err != nil {
				t.Fatal(err)
			}
			for name, test := range map[string]struct {
				q    expr.SelectStmt
				want []string
			}{
				"as they are":  {expr.Select(expr.Of[expr.String](expr.Cast[expr.String](word, schema.String))).Where(id.Eq(1)), []string{"69742773"}},
				"one by value": {expr.Select(word).Where(word.Eq(other)), []string{other}},
				"by a list":    {expr.Select(word).Where(word.In(one, other)).OrderBy(id), []string{one, other}},
			} {
				res, err := e.Query(t.Context(), test.q)
				if err != nil {
					t.Errorf("%s: %v", name, err)
					continue
				}
				got, err := engine.Scalars[string](res, 0).All(t.Context())
				if err != nil || !slices.Equal(got, test.want) {
					t.Errorf("%s: got %q, %v; want %q", name, got, err, test.want)
				}
			}
		})
	}
}
