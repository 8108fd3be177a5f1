package compile_test

import (
	"strings"
	"testing"

	"github.com/skep-go/skep/toolkit/compile"
	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/schema"
)

// marked is a type of a program, whose values have a mark in the database.
type marked struct{}

func (marked) String() string            { return "marked" }
func (marked) Impl() schema.Type         { return schema.String }
func (marked) ToDB(v any) (any, error)   { return "db:" + v.(string), nil }
func (marked) FromDB(v any) (any, error) { return v, nil }

// TestOddInput: trees of zero values, of nil and of what makes no sense are errors that say what is missing, and no panic.
func TestOddInput(t *testing.T) {
	x := expr.T(schema.NewTable(schema.NewMetaData(), "t", schema.Col("a", schema.BigInt), schema.Col("b", schema.BigInt)))
	wrong := expr.T(schema.NewTable(schema.NewMetaData(), "t", schema.Col("a", schema.BigInt), schema.Col("b", schema.BigInt, schema.DefaultExpr(5))))
	a, b := expr.Col[expr.Int](x, "a"), expr.Col[expr.Int](x, "b")
	cte, upper, outer := expr.CTE("t", expr.Select(a)), expr.CTE("T", expr.Select(a)), x.As("T")
	const noTerm, noTable = "a zero value stands here, such as a column", "a zero value stands here, such as one that was never declared"
	over := func(w expr.Window) expr.Node { return expr.Select(expr.Over(expr.CountAll(), w)) }
	for name, test := range map[string]struct {
		node expr.Node
		want string
	}{
		"no statement":           {nil, "there is no statement"},
		"no item":                {expr.Select(nil), noTerm},
		"no group":               {expr.Select(x).GroupBy(nil), noTerm},
		"no source":              {expr.Select(x).From(nil), noTable},
		"no order":               {expr.Select(x).OrderBy(nil), noTerm},
		"zero order":             {expr.Select(x).OrderBy(expr.Order{}), noTerm},
		"no query":               {expr.Select(x).Where(expr.Exists(nil)), "a query: it is missing"},
		"zero query":             {expr.Select(x).Where(expr.Exists(expr.SelectStmt{})), "the query has no columns"},
		"zero column":            {expr.Select(x).Where(expr.Int{}.Gt(1)), noTerm},
		"zero column IN param":   {expr.Select(x).Where(expr.Int{}.InParam("p")), noTerm},
		"zero column set":        {expr.Update(x).Set(expr.Int{}.To(1)), noTerm},
		"zero column set null":   {expr.Update(x).Set(expr.Int{}.ToNull()), noTerm},
		"zero array set":         {expr.Update(x).Set(expr.Array[expr.Int]{}.To([]int{1})), noTerm},
		"zero struct set":        {expr.Update(x).Set(expr.Struct{}.To(1)), noTerm},
		"zero assignment":        {expr.Update(x).Set(expr.Assignment{}), noTerm},
		"zero table":             {expr.Select(expr.Table{}), noTable},
		"zero table's column":    {expr.Select(expr.Table{}.C("x")), noTable},
		"zero table's alias":     {expr.Select(expr.Table{}.As("x")), noTable},
		"zero table joined":      {expr.Select(x).Join(expr.Table{}), noTable},
		"zero table filled":      {expr.Insert(expr.Table{}).Values(1), noTable},
		"no table":               {expr.Select(expr.T(nil)), noTable},
		"zero insert":            {expr.InsertStmt{}, "there is no table"},
		"zero update":            {expr.UpdateStmt{}, "there is no table"},
		"zero delete":            {expr.DeleteStmt{}, "there is no table"},
		"zero merge":             {expr.MergeStmt{}, "there is no table"},
		"zero compound":          {expr.Compound{}, "needs two queries or more"},
		"zero text":              {expr.TextStmt{}, "the text is empty"},
		"zero case":              {expr.Select(expr.CaseOf[expr.Int]{}.End()), "begin it with expr.When"},
		"zero tuple":             {expr.Select(x).Where(expr.Tuple{}.In(expr.Tuple{})), noTerm},
		"empty tuple":            {expr.Select(x).Where(expr.Row().In(expr.Row())), "a row: it has no values"},
		"no rows":                {expr.Select(expr.Rows("v", nil)), "there are no rows of values"},
		"row without values":     {expr.Insert(x).Values(), "the row has no values"},
		"row of no assignments":  {expr.Insert(x).Set(), "the row has no values"},
		"values without columns": {expr.Insert(x).Set(b.To(1), a.To(2)).Values(1, 2), "for which columns they are is not known"},
		"a column twice":         {expr.Insert(x).Set(b.To(1)).Set(b.To(1), b.To(7)), `column "b" is there twice`},
		"a default of no sense":  {expr.Insert(wrong).Columns(wrong.C("a")).Values(1), "neither an expression nor schema.SQL"},
		"a window of a value":    {expr.Select(expr.Over(expr.Lit[expr.Int](3), expr.Window{})), "OVER takes a call of a function"},
		"a bound of no side":     {over(expr.OrderedBy(a).Rows(expr.Bound{Unbounded: true}, expr.CurrentRow)), "in which direction"},
		"no clause":              {expr.Select(x).With(nil), "a clause is missing"},
		"a CTE and its table":    {expr.Select(cte, x.C("b")).From(x), `a common table expression hides the table "t"`},
		"a CTE and another name": {expr.Select(cte, expr.Name("T").C("b")), `a common table expression hides the table "T"`},
		"a CTE and its case":     {expr.Select(cte, upper), `two common table expressions have the name "T"`},
		"two aliases and case":   {expr.Select(x.As("s"), x.As("S")), `two sources have the name "S"`},
		"an alias within, case":  {expr.Select(outer).Where(expr.Exists(expr.Select(a).Where(expr.Eq(a, expr.ColOf(outer, a))))), `one within it has its name "T"`},
		"distinct twice":         {expr.Select(x).Distinct().DistinctOn(a), "exclude each other"},
	} {
		t.Run(name, func(t *testing.T) {
			st, err := compile.Compile(compile.ANSI{}, test.node)
			if err == nil {
				text, err := st.SQL()
				t.Fatalf("got %q, %v; want the error %q", text, err, test.want)
			}
			if !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %q, want %q in it", err, test.want)
			}
		})
	}
}

// TestCustomTypes: values of a type of the program are converted wherever they stand.
func TestCustomTypes(t *testing.T) {
	table := expr.T(schema.NewTable(schema.NewMetaData(), "t",
		schema.Col("id", schema.BigInt), schema.Col("c", marked{}, schema.Default("x"))))
	id, c := expr.Col[expr.Int](table, "id"), expr.Col[expr.String](table, "c")
	for want, n := range map[string]expr.Node{
		"SELECT t.id FROM t WHERE t.c = 'db:q'":                  expr.Select(id).Where(c.Eq("q")),
		"SELECT t.id FROM t WHERE t.c IN ('db:q', 'db:r')":       expr.Select(id).Where(c.In("q", "r")),
		"SELECT t.id FROM t WHERE t.c BETWEEN 'db:a' AND 'db:b'": expr.Select(id).Where(c.Between("a", "b")),
		"INSERT INTO t (id, c) VALUES (1, 'db:x')":               expr.Insert(table).Set(id.To(1)),
		"INSERT INTO t (id, c) VALUES (1, 'db:y')":               expr.Insert(table).Set(id.To(1), c.To("y")),
		"UPDATE t SET c = 'db:z' WHERE id = 1":                   expr.Update(table).Set(c.To("z")).Where(id.Eq(1)),
	} {
		for _, by := range []func(expr.Node) (*compile.Statement, error){
			func(n expr.Node) (*compile.Statement, error) { return compile.Compile(compile.ANSI{}, n) },
			compile.NewCache(compile.ANSI{}, 0).Compile,
		} {
			st, err := by(n)
			if err != nil {
				t.Fatal(err)
			}
			if got, err := st.SQL(); err != nil || got != want {
				t.Errorf("got %q, %v; want %q", got, err, want)
			}
		}
	}
}

// TestTypedTexts: what is written of a text may depend on its type, so that its type is part of its key.
func TestTypedTexts(t *testing.T) {
	cache := compile.NewCache(compile.ANSI{}, 0)
	for want, n := range map[string]expr.Node{
		"SELECT CAST(a AS DOUBLE PRECISION) / (b)": expr.Select(expr.Div(expr.TextOf[expr.Int]("a"), expr.TextOf[expr.Int]("b"))),
		"SELECT (a) / (b)":                         expr.Select(expr.Div(expr.TextOf[expr.Float]("a"), expr.TextOf[expr.Float]("b"))),
	} {
		st, err := cache.Compile(n)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := st.SQL(); err != nil || got != want {
			t.Errorf("got %q, %v; want %q", got, err, want)
		}
	}
}
