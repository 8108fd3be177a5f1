package dialect_test

import (
	"testing"

	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/fn"
	"github.com/skep-go/skep/toolkit/schema"
)

// folded is a text that is kept in lower case, and read in upper case.
type folded struct{}

func (folded) String() string            { return "folded" }
func (folded) Impl() schema.Type         { return schema.String }
func (folded) ToDB(v any) (any, error)   { return v, nil }
func (folded) FromDB(v any) (any, error) { return v, nil }

func (folded) WrapValue(v expr.Any) expr.Expr { return fn.Lower(expr.Of[expr.String](v)) }

func (folded) WrapColumn(column expr.Any) expr.Expr { return fn.Upper(expr.Of[expr.String](column)) }

// TestWrapped: what a type makes of its values and columns, on the table t.
func TestWrapped(t *testing.T) {
	table := expr.T(schema.NewTable(nil, "t", schema.Col("a", schema.Integer), schema.Col("b", folded{})))
	a, b := expr.Col[expr.Int](table, "a"), expr.Col[expr.String](table, "b")
	compileAll(t, "wrapped", []goldenCase{
		{"a column and a value", expr.Select(a, b).Where(b.Eq("X"))},
		{"a list of values", expr.Select(b.As("c")).Where(b.In("X", "Y")).OrderBy(a)},
		{"a query within another", expr.Select(expr.Subquery(expr.Select(b).Where(a.Eq(1)), "s"))},
		{"a union", expr.UnionAll(expr.Select(b).Where(a.Eq(1)), expr.Select(b).Where(a.Eq(2)))},
		{"a row", expr.Insert(table).Set(a.To(7), b.To("Q"))},
		{"rows", expr.Insert(table).Set(a.To(7), b.To("Q")).Set(a.To(8), b.To("R"))},
		{"rows of a query", expr.Insert(table).FromSelect(expr.Select(a, b).Where(b.Eq("X")))},
	})
}
