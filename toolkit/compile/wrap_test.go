package compile_test

import (
	"strings"
	"testing"

	"github.com/skep-go/skep/toolkit/compile"
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

// twice is a type whose values cannot stand in a list.
type twice struct{ folded }

func (twice) WrapValue(v expr.Any) expr.Expr {
	return fn.Replace(expr.Of[expr.String](v), "a", "b").As("x")
}

// signed is a number that is kept with the other sign.
type signed struct{}

func (signed) String() string                 { return "signed" }
func (signed) Impl() schema.Type              { return schema.BigInt }
func (signed) ToDB(v any) (any, error)        { return v, nil }
func (signed) FromDB(v any) (any, error)      { return v, nil }
func (signed) WrapValue(v expr.Any) expr.Expr { return expr.Of[expr.Int](v).Neg() }

// returning is a dialect that has RETURNING.
type returning struct{ compile.ANSI }

func (returning) Supports(compile.Feature) (ok bool, instead string) { return true, "" }

// TestWrapped: the expressions that types make of values and of columns stand where these do.
func TestWrapped(t *testing.T) {
	table := expr.T(schema.NewTable(schema.NewMetaData(), "t", schema.Col("id", schema.BigInt),
		schema.Col("c", folded{}), schema.Col("n", signed{}), schema.Col("d", folded{}, schema.Default("x")), schema.Col("w", twice{})))
	id, c, n := expr.Col[expr.Int](table, "id"), expr.Col[expr.String](table, "c"), expr.Col[expr.Int](table, "n")
	sub := expr.Subquery(expr.Select(id, c), "s")
	cache := compile.NewCache(compile.ANSI{}, 0)
	for want, n := range map[string]expr.Node{
		"SELECT t.id FROM t WHERE t.c = lower('Q')":                             expr.Select(id).Where(c.Eq("Q")),
		"SELECT t.id FROM t WHERE t.n = -(-7)":                                  expr.Select(id).Where(n.Eq(-7)),
		"SELECT t.id FROM t WHERE t.n IN (-(1), -(2))":                          expr.Select(id).Where(n.In(1, 2)),
		"SELECT t.id FROM t WHERE t.c IN (lower('Q'), lower('R'))":              expr.Select(id).Where(c.In("Q", "R")),
		"SELECT t.id FROM t WHERE t.c BETWEEN lower('A') AND lower('B')":        expr.Select(id).Where(c.Between("A", "B")),
		"SELECT t.id, upper(t.c) AS c FROM t":                                   expr.Select(id, c),
		"SELECT upper(t.c) AS x FROM t ORDER BY x":                              expr.Select(c.As("x")).OrderBy(expr.Asc("x")),
		"SELECT s.id, upper(s.c) AS c FROM (SELECT t.id, t.c FROM t) AS s":      expr.Select(sub),
		"SELECT upper(t.c) AS c FROM t UNION ALL SELECT upper(t.c) AS c FROM t": expr.UnionAll(expr.Select(c), expr.Select(c)),
		"SELECT t.id FROM t WHERE t.c IN (SELECT t.c FROM t)":                   expr.Select(id).Where(c.InQuery(expr.Select(c).From(table))),
		"INSERT INTO t (id, c, d) VALUES (1, lower('Y'), lower('x'))":           expr.Insert(table).Set(id.To(1), c.To("Y")),
		"INSERT INTO t (id, c, d) SELECT t.id, t.c, lower('x') FROM t":          expr.Insert(table).Columns(id, c).FromSelect(expr.Select(id, c)),
		"UPDATE t SET c = lower('Z') WHERE id = 1":                              expr.Update(table).Set(c.To("Z")).Where(id.Eq(1)),
	} {
		for _, by := range []func(expr.Node) (*compile.Statement, error){
			func(n expr.Node) (*compile.Statement, error) { return compile.Compile(compile.ANSI{}, n) },
			cache.Compile, cache.Compile,
		} {
			st, err := by(n)
			if err != nil {
				t.Fatalf("want %q, got the error %v", want, err)
			}
			if got, err := st.SQL(); err != nil || got != want {
				t.Errorf("got %q, %v; want %q", got, err, want)
			}
		}
	}
	if st, err := compile.Compile(returning{}, expr.Delete(table).Where(id.Eq(1)).Returning(c)); err != nil {
		t.Error(err)
	} else if got, want := st.Template(), "DELETE FROM t WHERE id = ? RETURNING upper(c) AS c"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	st, err := compile.Compile(compile.ANSI{}, expr.Select(id).Where(c.InParam("list"), expr.Eq(c, expr.Param[expr.String]("one"))))
	if err != nil {
		t.Fatal(err)
	}
	const want = "SELECT t.id FROM t WHERE t.c IN (lower('Q'), lower('R')) AND t.c = lower('S')"
	if got, err := st.SQL(compile.Params{"list": []string{"Q", "R"}, "one": "S"}); err != nil || got != want {
		t.Errorf("parameters: got %q, %v; want %q", got, err, want)
	}
	w := expr.Col[expr.String](table, "w")
	if _, err := compile.Compile(compile.ANSI{}, expr.Select(id).Where(w.In("Q"))); err == nil || !strings.Contains(err.Error(), "cannot stand in a list") {
		t.Errorf("a list of values that are wrapped with others: got %v", err)
	}
}
