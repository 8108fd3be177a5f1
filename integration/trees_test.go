package integration

import (
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/skep-go/skep/dialect"
	"github.com/skep-go/skep/hivetest"
	"github.com/skep-go/skep/toolkit/compile"
	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/schema"
)

// dialectOf is the dialect of a server.
func dialectOf(t testing.TB, srv *hivetest.Server) *dialect.Hive {
	t.Helper()
	switch {
	case on(hive2, srv):
		return dialect.New(dialect.Hive23)
	case on(spark, srv):
		return dialect.New(dialect.Spark35)
	}
	return dialect.New(dialect.Hive40)
}

// TestRandomTrees has servers evaluate random expressions over literals, and evaluates the same trees in Go: what comes
// back must be equal, so precedence, parentheses, NULLs and the rewrites of the dialect are right.
func TestRandomTrees(t *testing.T) {
	onEach(t, func(t *testing.T, srv *hivetest.Server) {
		d, db := dialectOf(t, srv), open(t, srv)
		g := &grower{Rand: random(t)}
		const statements, perStatement = 50, 40
		for range statements {
			items := make([]expr.Item, perStatement)
			want := make([]any, perStatement)
			for i := range items {
				e, v := g.grow()
				items[i] = expr.TermOf(e).As(fmt.Sprintf("c%d", i))
				want[i] = v
			}
			query := text(t, d, expr.Select(items...))
			got := make([]any, perStatement)
			targets := make([]any, perStatement)
			for i := range got {
				targets[i] = &got[i]
			}
			if err := db.QueryRowContext(t.Context(), query).Scan(targets...); err != nil {
				t.Fatalf("%v\nin %s", err, query)
			}
			for i := range got {
				if !sameValue(got[i], want[i]) {
					t.Errorf("%s\nis %v (%T), want %v", text(t, d, expr.Select(items[i])), got[i], got[i], want[i])
				}
			}
		}
	})
}

// text is what a dialect makes of a query.
func text(t *testing.T, d compile.Dialect, q expr.Node) string {
	t.Helper()
	st, err := compile.Compile(d, q)
	if err != nil {
		t.Fatal(err)
	}
	sql, err := st.SQL()
	if err != nil {
		t.Fatal(err)
	}
	return sql
}

// sameValue compares what a server gave with what Go made of the tree.
func sameValue(got, want any) bool {
	switch want := want.(type) {
	case nil:
		return got == nil
	case int64:
		n, ok := got.(int64)
		return ok && n == want
	case bool:
		return got == want
	case string:
		return fmt.Sprint(got) == want
	case float64:
		f, ok := got.(float64)
		return ok && (f == want || math.IsNaN(f) && math.IsNaN(want))
	case *big.Rat:
		r, ok := new(big.Rat).SetString(fmt.Sprint(got))
		return ok && r.Cmp(want) == 0
	}
	return false
}

// grower grows random trees whose values stay within the range of the servers' narrowest types.
type grower struct{ *rand.Rand }

// grow gives a tree of any kind and its value.
func (g *grower) grow() (expr.Expr, any) {
	for {
		var e expr.Expr
		switch g.IntN(5) {
		case 0:
			e = g.integer(4)
		case 1:
			e = g.decimal(3)
		case 2:
			e = g.text(3)
		default:
			e = g.truth(4)
		}
		if v, ok := evaluate(expr.TermOf(e).Node); ok {
			return e, v
		}
	}
}

func (g *grower) leaf(depth int) bool { return depth == 0 || g.IntN(5) == 0 }

func (g *grower) integer(depth int) expr.Int {
	if g.leaf(depth) {
		if g.IntN(12) == 0 {
			return expr.Cast[expr.Int](expr.Null[expr.Int](), schema.Integer)
		}
		return expr.Lit[expr.Int](int64(g.IntN(25) - 12))
	}
	a, b, v := g.integer(depth-1), g.integer(depth-1), int64(g.IntN(25)-12)
	switch g.IntN(18) {
	case 0:
		return expr.Add(a, b)
	case 1:
		return expr.Sub(a, b)
	case 2:
		return expr.Mul(a, b)
	case 3:
		return expr.IntDiv(a, b)
	case 4:
		return expr.Mod(a, b)
	case 5:
		return a.Neg()
	case 6:
		return expr.BitAnd(a, b)
	case 7:
		return expr.BitOr(a, b)
	case 8:
		return expr.BitXor(a, b)
	case 9:
		return a.BitNot()
	case 10:
		return a.Shl(int64(g.IntN(4)))
	case 11:
		return a.Shr(int64(g.IntN(4)))
	case 12:
		return a.Add(v)
	case 13:
		return a.Sub(v)
	case 14:
		return a.Mul(v)
	case 15:
		return a.BitXor(v)
	case 16:
		return expr.When(g.truth(depth-1), a).When(g.truth(depth-1), b).End()
	}
	return expr.When(g.truth(depth-1), a).Else(b)
}

func (g *grower) decimal(depth int) expr.Decimal {
	if g.leaf(depth) {
		return expr.Lit[expr.Decimal](schema.Decimal(fmt.Sprintf("%d.%d", g.IntN(40)-20, g.IntN(100))))
	}
	a, b := g.decimal(depth-1), g.decimal(depth-1)
	switch g.IntN(5) {
	case 0:
		return expr.Add(a, b)
	case 1:
		return expr.Sub(a, b)
	case 2:
		return expr.Mul(a, b)
	case 3:
		return a.Neg()
	}
	return expr.When(g.truth(depth-1), a).Else(b)
}

// words hold what means something in a literal, in a pattern, or in both.
var words = []string{"", "a", "ab", "a%b", "a_b", "%", "_", `\`, `a\`, `\%`, "it's", "${x}", "é", "B", "abab", "/", "//"}

func (g *grower) word() string { return words[g.IntN(len(words))] }

func (g *grower) text(depth int) expr.String {
	if g.leaf(depth) {
		if g.IntN(12) == 0 {
			return expr.Cast[expr.String](expr.Null[expr.String](), schema.String)
		}
		return expr.Lit[expr.String](g.word())
	}
	a, b := g.text(depth-1), g.text(depth-1)
	switch g.IntN(3) {
	case 0:
		return expr.Concat(a, b)
	case 1:
		return a.Concat(g.word(), g.word())
	}
	return expr.When(g.truth(depth-1), a).Else(b)
}

func (g *grower) truth(depth int) expr.Bool {
	if g.leaf(depth) {
		switch g.IntN(5) {
		case 0:
			return expr.True()
		case 1:
			return expr.False()
		case 2:
			return expr.Cast[expr.Bool](expr.Null[expr.Bool](), schema.Boolean)
		}
		return expr.Lit[expr.Bool](g.IntN(2) == 0)
	}
	depth--
	switch g.IntN(7) {
	case 0:
		return expr.And(g.truth(depth), g.truth(depth))
	case 1:
		return expr.Or(g.truth(depth), g.truth(depth), g.truth(depth))
	case 2:
		return expr.Not(g.truth(depth))
	case 3:
		return compared(g, g.truth(depth), g.truth(depth))
	case 4:
		return g.ofText(depth)
	case 5:
		return compared(g, g.decimal(depth), g.decimal(depth))
	}
	return g.ofIntegers(depth)
}

func (g *grower) ofIntegers(depth int) expr.Bool {
	a, b := g.integer(depth), g.integer(depth)
	list := make([]int64, g.IntN(4))
	for i := range list {
		list[i] = int64(g.IntN(9) - 4)
	}
	switch g.IntN(10) {
	case 0:
		return a.In(list...)
	case 1:
		return a.NotIn(list...)
	case 2:
		return a.Between(-4, 4)
	case 3:
		return a.NotBetween(-2, 6)
	case 4:
		return expr.Between(a, b, g.integer(depth))
	case 5:
		return expr.In(a, b, g.integer(depth))
	case 6:
		return a.IsNull()
	case 7:
		return a.IsNotNull()
	}
	return compared(g, a, b)
}

func (g *grower) ofText(depth int) expr.Bool {
	a := g.text(depth)
	switch g.IntN(8) {
	case 0:
		return a.StartsWith(g.word())
	case 1:
		return a.EndsWith(g.word())
	case 2:
		return a.Contains(g.word())
	case 3:
		return expr.Not(a.Contains(g.word()))
	case 4:
		return a.In("a", "ab", g.word())
	case 5:
		return expr.Contains(a, g.text(depth))
	case 6:
		return expr.StartsWith(a, g.text(depth))
	}
	return compared(g, a, g.text(depth))
}

func compared[E expr.Kind[E]](g *grower, a, b E) expr.Bool {
	ops := []func(a, b E) expr.Bool{
		expr.Eq[E], expr.Ne[E], expr.Lt[E], expr.Le[E], expr.Gt[E], expr.Ge[E], expr.IsDistinctFrom[E], expr.IsNotDistinctFrom[E],
	}
	if c := ops[g.IntN(len(ops))](a, b); g.IntN(4) > 0 {
		return c
	} else {
		return expr.Not(c)
	}
}
