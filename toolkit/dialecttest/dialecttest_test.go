package dialecttest

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/skep-go/skep/toolkit/compile"
	"github.com/skep-go/skep/toolkit/ddl"
	"github.com/skep-go/skep/toolkit/expr"
)

// TestANSI: the standard has no server, so its statements are compiled only.
func TestANSI(t *testing.T) {
	for _, schema := range []string{"", "elsewhere"} {
		t.Run(schema, func(t *testing.T) { Run(t, compile.ANSI{}, Server{Schema: schema}) })
	}
}

// TestEveryFeature: no feature can be added without a question about it.
func TestEveryFeature(t *testing.T) {
	for _, f := range compile.Features() {
		if _, asked := asks(f); !asked {
			t.Errorf("%s: nothing asks about it", f)
		}
	}
}

// boaster says that it has what it has not, modest the opposite, and sloppy refuses with any error.
type (
	boaster struct{ compile.ANSI }
	modest  struct{ compile.ANSI }
	sloppy  struct{ compile.ANSI }
)

func (boaster) Supports(compile.Feature) (bool, string) { return true, "" }

func (boaster) CompileNode(c *compile.Compiler, n expr.Node) (compile.Level, bool) {
	if _, ok := n.(*expr.RowNode); ok {
		c.Fail(&compile.UnsupportedError{Construct: "tuples", Dialect: "ansi"})
		return compile.LevelAtom, true
	}
	return 0, false
}

func (modest) Supports(f compile.Feature) (bool, string) {
	return f != compile.TruthTests && f != compile.Indexes, "write something else"
}

func (modest) CompileNode(c *compile.Compiler, n expr.Node) (compile.Level, bool) {
	switch n := n.(type) {
	case ddl.CreateIndexStmt, ddl.DropIndexStmt:
	case *expr.Binary:
		if n.Op != expr.OpIs && n.Op != expr.OpIsNot {
			return 0, false
		}
	default:
		return 0, false
	}
	c.Text("TRUE")
	return compile.LevelAtom, true
}

func (sloppy) Supports(compile.Feature) (bool, string) { return false, "" }

func (sloppy) CompileNode(c *compile.Compiler, n expr.Node) (compile.Level, bool) {
	_, ok := n.(*expr.SelectStmt)
	if ok {
		c.Refuse("no")
	}
	return compile.LevelLowest, ok
}

// TestDishonestDialects: the suite finds those whose answers do not hold.
func TestDishonestDialects(t *testing.T) {
	for _, c := range []struct {
		d    compile.Dialect
		test string
		want string
	}{
		{boaster{}, "feature/" + compile.TupleComparisons.String(), "does not compile"},
		{modest{}, "feature/" + compile.TruthTests.String(), "is said not to be supported, and compiles"},
		{modest{}, "feature/" + compile.Indexes.String(), "is said not to be supported, and compiles"},
		{sloppy{}, "feature/" + compile.NamedWindows.String(), "which is no *compile.UnsupportedError"},
	} {
		i := slices.IndexFunc(tests(), func(test test) bool { return test.name == c.test })
		if i < 0 {
			t.Fatalf("there is no test %q", c.test)
		}
		if err := tests()[i].run(newSuite(t.Context(), c.d, Server{})); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%T, %s: got %v, want %q in it", c.d, c.test, err, c.want)
		}
	}
}

// frozen writes numbers into the text, where a cache keeps them.
type frozen struct{ compile.ANSI }

func (frozen) CompileNode(c *compile.Compiler, n expr.Node) (compile.Level, bool) {
	v, ok := n.(*expr.Value)
	if ok {
		c.Text(fmt.Sprint(v.V))
	}
	return compile.LevelAtom, ok
}

// TestDishonestText: the suite finds a dialect whose text depends on more than the structure of a tree.
func TestDishonestText(t *testing.T) {
	s := newSuite(t.Context(), frozen{}, Server{})
	if err := s.ask(one(lit(1), n(1))[0]); err != nil {
		t.Fatal(err)
	}
	if err := s.ask(one(lit(2), n(2))[0]); err == nil || !strings.Contains(err.Error(), "a cache gives\nSELECT 1") {
		t.Errorf("got %v, want that the cache gives another text", err)
	}
}

func TestCompare(t *testing.T) {
	for _, c := range []struct {
		got, want [][]any
		ordered   bool
		same      bool
	}{
		{column(n(1), n(2)), column(n(2), n(1)), false, true},
		{column(n(1), n(2)), column(n(2), n(1)), true, false},
		{column(n(1), n(1)), column(n(1)), false, false},
		{column(nil), column("NULL"), false, false},
		{nil, nil, true, true},
	} {
		if difference := compare(c.got, c.want, c.ordered); (difference == "") != c.same {
			t.Errorf("%v and %v: %q", c.got, c.want, difference)
		}
	}
}
