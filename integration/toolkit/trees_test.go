package toolkit

import (
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/skep-go/skep/hivetest"
	"github.com/skep-go/skep/integration/internal/live"
	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/schema"
)

// TestRandomTrees has servers evaluate random expressions over literals, and evaluates the same trees in Go: what comes
// back must be equal, so precedence, parentheses, NULLs and the rewrites of the dialect are right.
func TestRandomTrees(t *testing.T) {
	live.OnEach(t, func(t *testing.T, srv *hivetest.Server) {
		d, db := live.Dialect(t, srv), live.Open(t, srv)
		g := &grower{Rand: live.Random(t)}
		const statements, perStatement = 50, 40
		for range statements {
			items := make([]expr.Item, perStatement)
			want := make([]any, perStatement)
			for i := range items {
				e, v := g.grow()
				items[i] = expr.TermOf(e).As(fmt.Sprintf("c%d", i))
				want[i] = v
			}
			query := live.SQL(t, d, expr.Select(items...))
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
					t.Errorf("%s\nis %v (%T), want %v", live.SQL(t, d, expr.Select(items[i])), got[i], got[i], want[i])
				}
			}
		}
	})
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

// oneOf gives one of several, such as ways to make a tree of operands.
func oneOf[F any](g *grower, ways ...F) F { return ways[g.IntN(len(ways))] }

func (g *grower) integer(depth int) expr.Int {
	if g.leaf(depth) {
		if g.IntN(12) == 0 {
			return expr.Cast[expr.Int](expr.Null[expr.Int](), schema.Integer)
		}
		return expr.Lit[expr.Int](g.near())
	}
	a, b := g.integer(depth-1), g.integer(depth-1)
	switch g.IntN(18) {
	case 0:
		return a.Neg()
	case 1:
		return a.BitNot()
	case 2, 3:
		return oneOf(g, a.Shl, a.Shr)(int64(g.IntN(4)))
	case 4, 5, 6, 7:
		return oneOf(g, a.Add, a.Sub, a.Mul, a.BitXor)(g.near())
	case 8:
		return expr.When(g.truth(depth-1), a).When(g.truth(depth-1), b).End()
	case 9:
		return expr.When(g.truth(depth-1), a).Else(b)
	}
	return oneOf(g, expr.Add[expr.Int], expr.Sub[expr.Int], expr.Mul[expr.Int], expr.IntDiv, expr.Mod[expr.Int], expr.BitAnd, expr.BitOr, expr.BitXor)(a, b)
}

// near is an integer near 0.
func (g *grower) near() int64 { return int64(g.IntN(25) - 12) }

func (g *grower) decimal(depth int) expr.Decimal {
	if g.leaf(depth) {
		return expr.Lit[expr.Decimal](schema.Decimal(fmt.Sprintf("%d.%d", g.IntN(40)-20, g.IntN(100))))
	}
	a, b := g.decimal(depth-1), g.decimal(depth-1)
	switch g.IntN(5) {
	case 0:
		return a.Neg()
	case 1:
		return expr.When(g.truth(depth-1), a).Else(b)
	}
	return oneOf(g, expr.Add[expr.Decimal], expr.Sub[expr.Decimal], expr.Mul[expr.Decimal])(a, b)
}

// words hold what means something in a literal, in a pattern, or in both.
var words = []string{"", "a", "ab", "a%b", "a_b", "%", "_", `\`, `a\`, `\%`, "it's", "${x}", "é", "B", "abab", "/", "//"}

func (g *grower) word() string { return oneOf(g, words...) }

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
	case 0, 1:
		return oneOf(g, a.In, a.NotIn)(list...)
	case 2, 3:
		return oneOf(g, a.Between, a.NotBetween)(-4, 6)
	case 4:
		return expr.Between(a, b, g.integer(depth))
	case 5:
		return expr.In(a, b, g.integer(depth))
	case 6, 7:
		return oneOf(g, a.IsNull, a.IsNotNull)()
	}
	return compared(g, a, b)
}

func (g *grower) ofText(depth int) expr.Bool {
	a := g.text(depth)
	switch g.IntN(8) {
	case 0, 1, 2:
		return oneOf(g, a.StartsWith, a.EndsWith, a.Contains)(g.word())
	case 3:
		return expr.Not(a.Contains(g.word()))
	case 4:
		return a.In("a", "ab", g.word())
	case 5, 6:
		return oneOf(g, expr.StartsWith, expr.EndsWith, expr.Contains)(a, g.text(depth))
	}
	return compared(g, a, g.text(depth))
}

func compared[E expr.Kind[E]](g *grower, a, b E) expr.Bool {
	c := oneOf(g, expr.Eq[E], expr.Ne[E], expr.Lt[E], expr.Le[E], expr.Gt[E], expr.Ge[E], expr.IsDistinctFrom[E], expr.IsNotDistinctFrom[E])(a, b)
	if g.IntN(4) == 0 {
		return expr.Not(c)
	}
	return c
}
