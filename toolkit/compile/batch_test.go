package compile_test

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/skep-go/skep/toolkit/compile"
	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/schema"
)

// binding is a dialect that binds, two values at the most.
type binding struct{ compile.ANSI }

func (binding) AppendPlaceholder(dst []byte, n int) []byte {
	return strconv.AppendInt(append(dst, '$'), int64(n), 10)
}

func (binding) Bind(v any, _ schema.Type) (any, error) {
	if v == "refused" {
		return nil, errors.New("it is refused")
	}
	return v, nil
}
func (binding) MaxBinds() int { return 4 }

// single is a dialect whose INSERT has one row.
type single struct{ compile.ANSI }

func (single) Supports(f compile.Feature) (bool, string) { return f != compile.MultiRowInserts, "" }

var batched = expr.T(schema.NewTable(nil, "t", schema.Col("a", schema.BigInt), schema.Col("b", schema.String)))

func TestBatch(t *testing.T) {
	const large = 1 << 20
	row := func(a int, b any) expr.InsertStmt { return expr.Insert(batched).Values(a, b) }
	for name, tc := range map[string]struct {
		d        compile.Dialect
		literals bool
		limit    int
		rows     []expr.InsertStmt
		want     string
		err      string // of the last row; "full": there is no room for it
	}{
		"literals":   {compile.ANSI{}, false, large, []expr.InsertStmt{row(1, "x"), row(2, nil)}, "INSERT INTO t (a, b) VALUES (1, 'x'), (2, NULL) []", ""},
		"bound":      {binding{}, false, large, []expr.InsertStmt{row(1, "x"), row(2, nil)}, "INSERT INTO t (a, b) VALUES ($1, $2), ($3, $4) [1 x 2 <nil>]", ""},
		"not bound":  {binding{}, true, large, []expr.InsertStmt{row(1, "x"), row(2, "y")}, "INSERT INTO t (a, b) VALUES (1, 'x'), (2, 'y') []", ""},
		"expression": {compile.ANSI{}, false, large, []expr.InsertStmt{row(1, "x"), row(2, expr.Lit[expr.String]("y").Concat("z"))}, "INSERT INTO t (a, b) VALUES (1, 'x'), (2, 'y' || 'z') []", ""},
		"too many":   {binding{}, false, large, []expr.InsertStmt{row(1, "x"), row(2, "y"), row(3, "z")}, "INSERT INTO t (a, b) VALUES ($1, $2), ($3, $4) [1 x 2 y]", "full"},
		"too long":   {binding{}, false, 60, []expr.InsertStmt{row(1, "x"), row(2, strings.Repeat("y", 30))}, "INSERT INTO t (a, b) VALUES ($1, $2) [1 x]", "full"},
		"one alone":  {single{}, false, large, []expr.InsertStmt{row(1, "x"), row(2, "y")}, "INSERT INTO t (a, b) VALUES (1, 'x') []", "full"},
		"no value":   {binding{}, false, large, []expr.InsertStmt{row(1, "x"), row(2, "refused")}, "INSERT INTO t (a, b) VALUES ($1, $2) [1 x]", "it is refused"},
		"two rows":   {compile.ANSI{}, false, large, []expr.InsertStmt{row(1, "x"), row(2, "y").Values(3, "z")}, "INSERT INTO t (a, b) VALUES (1, 'x') []", "no INSERT of one row"},
		"columns": {
			compile.ANSI{},
			false, large,
			[]expr.InsertStmt{row(1, "x"), expr.Insert(batched).Maps(map[string]any{"b": "y"})},
			"INSERT INTO t (a, b) VALUES (1, 'x') []", "not of the columns of the first",
		},
	} {
		t.Run(name, func(t *testing.T) {
			b := compile.Batch{Literals: tc.literals}
			for i, n := range tc.rows {
				st, err := compile.Options{OfMany: true}.Compile(tc.d, n)
				if err != nil {
					t.Fatal(err)
				}
				added, err := b.Add(st, tc.limit)
				got := ""
				if err != nil {
					got = err.Error()
				} else if !added {
					got = "full"
				}
				want := ""
				if i == len(tc.rows)-1 {
					want = tc.err
				}
				if !strings.Contains(got, want) || want == "" && got != "" {
					t.Errorf("row %d: got %q, want %q", i, got, want)
				}
			}
			text, args := b.Statement()
			if got := fmt.Sprint(text, " ", args); got != tc.want {
				t.Errorf("\n got %s\nwant %s", got, tc.want)
			}
		})
	}
}

// TestEmptyBatch: one without rows is nothing.
func TestEmptyBatch(t *testing.T) {
	var b compile.Batch
	text, args := b.Statement()
	if text != "" || args != nil || b.First() != "" || b.Size() != 0 || b.Rows() != 0 {
		t.Errorf("%q, %v, %q, %d bytes, %d rows", text, args, b.First(), b.Size(), b.Rows())
	}
}
