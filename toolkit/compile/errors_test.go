package compile_test

import (
	"errors"
	"testing"
	"time"

	"github.com/skep-go/skep/toolkit/compile"
	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/fn"
	"github.com/skep-go/skep/toolkit/schema"
)

// is reports whether an error is, or wraps, an E.
func is[E error](err error) bool {
	var e E
	return errors.As(err, &e)
}

func TestErrors(t *testing.T) {
	a := things.A
	boss := staff.As("boss")
	other := expr.Alias(things, "other")
	for _, c := range []struct {
		name string
		q    expr.Node
		is   func(error) bool
		want string
	}{
		{
			"a unit that is SQL", expr.Select(expr.Extract("YEAR FROM a), (SELECT 1", a)), is[*compile.ArgumentError],
			`ansi: select.columns[0]: "YEAR FROM a), (SELECT 1" is not a word`,
		},
		{"no columns", expr.Select(), is[*compile.ArgumentError], "ansi: select: the query has no columns"},
		{
			"no such column", expr.Select(a).Where(things.C("z").Eq(1)), is[*expr.NameError],
			`ansi: select.where.=[0]: things has no column "z"; it has a, b, s, x, p, ok, d, at, bs, l, m, r`,
		},
		{
			"the place in a tree", expr.Select(a).Where(a.Eq(1), expr.Or(a.Eq(2), expr.In(a, expr.Of[expr.Int](things.C("z"))))), is[*expr.NameError],
			`ansi: select.where.AND[1].OR[1].in: things has no column "z"; it has a, b, s, x, p, ok, d, at, bs, l, m, r`,
		},
		{
			"not read from", expr.Select(a).From(things).OrderBy(other.A), is[*compile.SourceError],
			"ansi: select.order[0]: column a is of other, which is not read from here",
		},
		{
			"a query in FROM sees nothing around it", expr.Select(expr.Select(items.ID).From(items).Having(a.Eq(1)).Subquery("q")).From(things), is[*compile.SourceError],
			"ansi: select.q.select.having.=[0]: column a is of things, which is not read from here",
		},
		{
			"all is read from around it", expr.Select(a, items.ID).Where(expr.Exists(expr.Select(a).Where(expr.Eq(items.Thing, a)))), is[*compile.ArgumentError],
			"ansi: select.where.exists.select: all that this query reads from is read from around it; name what it reads from itself by From",
		},
		{
			"no foreign key", expr.Select(a).Join(airlines), is[*compile.JoinError],
			"ansi: select.join[0]: no foreign key joins airlines to a table before it; give the condition",
		},
		{
			"two foreign keys", expr.Select(staff.C("id")).Join(letters), is[*compile.JoinError],
			"ansi: select.join[0]: 2 foreign keys join letters to the tables before it (letters(receiver), letters(sender)); give the condition",
		},
		{
			"a foreign key to itself", expr.Select(staff.C("id")).Join(boss), is[*compile.JoinError],
			"ansi: select.join[0]: 2 foreign keys join boss to the tables before it (staff(boss), staff(boss)); give the condition",
		},
		{"a foreign key to nowhere", expr.Select(staff.C("id")).Join(lost), is[*schema.ReferenceError], ""},
		{
			"nothing to join to", expr.Select(items.ID).Join(items, items.ID.Eq(1)), is[*compile.ArgumentError],
			"ansi: select: there is nothing that is joined to; name it with From",
		},
		{
			"an alias twice", expr.Select(other.A, expr.Alias(items, "other").ID), is[*compile.ArgumentError],
			`ansi: select: two sources have the name "other"; give one another alias`,
		},
		{
			"a CTE's name twice", expr.Select(expr.Select(a).CTE("c").C("a"), expr.Select(items.ID).CTE("c").C("id")), is[*compile.ArgumentError], "",
		},
		{
			"a label that is not there", expr.Select(a).OrderBy(expr.Desc("n")), is[*compile.ArgumentError],
			`ansi: select.order[0]: the query has no column labelled "n"`,
		},
		{
			"a query of two columns as a value", expr.Select(expr.Scalar[expr.Int](expr.Select(a, things.B))), is[*compile.ArgumentError],
			"ansi: select.columns[0]: a query that is a value must have one column, not 2",
		},
		{
			"unlike rows", expr.Select(expr.Rows("v", []string{"a"}, expr.Values(1), expr.Values(1, 2))), is[*compile.ArgumentError],
			"ansi: select.row[1]: 2 values for 1 columns",
		},
		{"a CASE of nothing", expr.Select(expr.CaseOf[expr.Int]{}.Else(a)), is[*expr.ArgumentError], "ansi: select.columns[0]: CASE: it has no condition; begin it with expr.When"},
		{
			"a CASE of no value", expr.Select(expr.SwitchOf[expr.Int, expr.Int]{}.When(expr.Param[expr.Int]("p"), a).End()), is[*expr.ArgumentError],
			"ansi: select.columns[0]: CASE: it has no expression; begin it with expr.Switch",
		},
		{
			"FILTER of no call", expr.Select(expr.Filter(a, things.Ok)), is[*expr.ArgumentError],
			"ansi: select.columns[0]: expr.Filter: it takes a call of an aggregate function, which this is not",
		},
		{"OVER of no call", expr.Select(expr.Over(a, expr.Window{})), is[*compile.ArgumentError], "ansi: select.columns[0].over: OVER takes a call of a function, and this is none"},
		{"a hint that ends the comment", expr.Select(a).Hint("x */ y"), is[*compile.UnsupportedError], ""},
		{"an identifier with a NUL", expr.Select(a.As("a\x00b")), is[*compile.IdentError], ""},
		{"a union of one", expr.Union(expr.Select(a)), is[*compile.ArgumentError], "ansi: UNION needs two queries or more"},
		{"an expression that is not there", expr.Select(a).Where(expr.Bool{}), is[*expr.ArgumentError], ""},
		{"a column that is not there", expr.Select(expr.Int{}.Add(1).As("n")).OrderBy(expr.Int{}), is[*expr.ArgumentError], ""},
		{"grouping sets of nothing", expr.Select(a).Rollup(), is[*compile.ArgumentError], "ansi: select: grouping sets need a GroupBy"},
		{"an unsupported operator", expr.Select(a.BitAnd(1)), is[*compile.UnsupportedError], "ansi: select.columns[0]: ansi does not have bit operators; the standard has no operators on bits"},
		{"an array in the standard", expr.Select(expr.Cast[expr.Any](a, schema.Array(schema.BigInt))), is[*compile.UnsupportedError], ""},
		{"a cast to nothing", expr.Select(expr.Cast[expr.Any](a, nil)), is[*compile.ArgumentError], "ansi: select.columns[0]: a type that is not known is needed here"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := compile.Compile(compile.ANSI{}, c.q)
			switch {
			case err == nil:
				t.Error("it compiles")
			case !c.is(err):
				t.Errorf("the error is another one: %v", err)
			case c.want != "" && err.Error() != c.want:
				t.Errorf("\n got %s\nwant %s", err, c.want)
			}
		})
	}
}

func TestErrorsAreReportedTogether(t *testing.T) {
	q := expr.Select(things.C("y")).Where(things.C("z").IsNull()).OrderBy(fn.Sum(things.A.BitAnd(1)))
	_, err := compile.Compile(compile.ANSI{}, q)
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok || len(joined.Unwrap()) != 3 {
		t.Fatalf("want three errors, got %v", err)
	}
	if !errors.Is(err, compile.ErrUnsupported) {
		t.Errorf("%v is no ErrUnsupported", err)
	}
	var at *compile.Error
	if !errors.As(err, &at) || at.Path != "select.columns[0]" || at.Dialect != "ansi" {
		t.Errorf("the first is at %+v", at)
	}
}

// TestLiteralErrors: a value without a literal is an error of the text and not of the tree, and is not shown.
func TestLiteralErrors(t *testing.T) {
	for _, q := range []expr.SelectStmt{
		expr.Select(things.A).Where(things.S.Eq("secret\x00")),
		expr.Select(things.A).Where(things.S.In("a", "secret\xff")),
		expr.Select(things.A).Where(expr.Of[expr.Any](things.A).Eq(struct{ s string }{"secret"})),
		expr.Select(things.A).Where(things.P.Eq("secret")),
		expr.Select(things.A).Limit(-1),
	} {
		st, err := compile.Compile(compile.ANSI{}, q)
		if err != nil {
			t.Fatal(err)
		}
		if text, err := st.SQL(); err == nil || text != "" {
			t.Errorf("%s: got %q, %v", st.Template(), text, err)
		}
	}
	if text := sqlOf(t, expr.Select(things.A).Where(things.At.Eq(time.Time{}))); text == "" {
		t.Error("the zero time has no text")
	}
}

func TestRegistry(t *testing.T) {
	var err *compile.RegistryError
	if _, got := compile.Lookup("klingon"); !errors.As(got, &err) || err.Taken || err.Name != "klingon" {
		t.Errorf("a dialect that is not there: %v", got)
	}
	if err := compile.Register(shouting{}); err != nil {
		t.Fatal(err)
	}
	if d, err := compile.Lookup("shouting"); err != nil || d != compile.Dialect(shouting{}) {
		t.Errorf("got %v, %v", d, err)
	}
	if got := compile.Register(shouting{}); !errors.As(got, &err) || !err.Taken {
		t.Errorf("a name that is taken: %v", got)
	}
}
