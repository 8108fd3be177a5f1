package integration

import (
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"strings"
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
		const statements, perStatement = 25, 40
		for range statements {
			items := make([]expr.Item, perStatement)
			want := make([]any, perStatement)
			for i := range items {
				e, v := g.grow()
				items[i] = expr.TermOf(e).As(fmt.Sprintf("c%d", i))
				want[i] = v
			}
			st, err := compile.Compile(d, expr.Select(items...))
			if err != nil {
				t.Fatal(err)
			}
			query, err := st.SQL()
			if err != nil {
				t.Fatal(err)
			}
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
					t.Errorf("item %d of\n%s\nis %v (%T), want %v", i, query, got[i], got[i], want[i])
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

// small are the integers whose products and sums stay within 32 bits.
const small = 1 << 20

// evaluate gives the value of a tree, nil for NULL. ok is false if it is not within the range that all servers share.
func evaluate(n expr.Node) (v any, ok bool) {
	switch n := n.(type) {
	case *expr.Value:
		if text, decimal := n.V.(schema.Decimal); decimal {
			return new(big.Rat).SetString(string(text))
		}
		return n.V, true
	case *expr.Constant:
		return map[string]any{"TRUE": true, "FALSE": false, "NULL": nil}[n.Text], true
	case *expr.Conversion:
		return evaluate(n.X.Node)
	case *expr.Unary:
		return evaluateAll([]*expr.Term{n.X}, func(v []any) any { return unaryOf(n.Op, v[0]) })
	case *expr.Binary:
		return evaluateAll([]*expr.Term{n.L, n.R}, func(v []any) any { return binaryOf(n.Op, v[0], v[1]) })
	case *expr.Chain:
		return evaluateAll(n.Terms, func(v []any) any { return chainOf(n.Op, v) })
	case *expr.Range:
		return evaluateAll([]*expr.Term{n.X, n.Low, n.High}, func(v []any) any {
			within := chainOf(expr.OpAnd, []any{binaryOf(expr.OpGe, v[0], v[1]), binaryOf(expr.OpLe, v[0], v[2])})
			return negatedIf(n.Not, within)
		})
	case *expr.Membership:
		return member(n)
	case *expr.Likeness:
		return evaluateAll([]*expr.Term{n.X, n.Pattern}, func(v []any) any { return negatedIf(n.Not, likeOf(n.Match, v[0], v[1])) })
	case *expr.Case:
		return caseOf(n)
	}
	return nil, false
}

// evaluateAll gives f of the values of terms. All of them must be within the range, for a server may evaluate any.
func evaluateAll(terms []*expr.Term, f func([]any) any) (any, bool) {
	values := make([]any, len(terms))
	for i, t := range terms {
		v, ok := evaluate(t.Node)
		if !ok {
			return nil, false
		}
		values[i] = v
	}
	v := f(values)
	switch v := v.(type) {
	case int64:
		return v, -small < v && v < small
	case *big.Rat:
		return v, len(v.Num().String()) < 15
	}
	return v, true
}

func unaryOf(op expr.Op, v any) any {
	switch v := v.(type) {
	case bool:
		return !v
	case int64:
		if op == expr.OpBitNot {
			return ^v
		}
		return -v
	case *big.Rat:
		return new(big.Rat).Neg(v)
	}
	return nil
}

func negatedIf(not bool, v any) any {
	if not {
		return unaryOf(expr.OpNot, v)
	}
	return v
}

func binaryOf(op expr.Op, l, r any) any {
	switch op {
	case expr.OpIs:
		return l == r
	case expr.OpIsNot:
		return l != r
	case expr.OpDistinct, expr.OpNotDistinct:
		same := l == nil && r == nil || l != nil && r != nil && order(l, r) == 0
		return same == (op == expr.OpNotDistinct)
	}
	if l == nil || r == nil {
		return nil
	}
	switch op {
	case expr.OpEq:
		return order(l, r) == 0
	case expr.OpNe:
		return order(l, r) != 0
	case expr.OpLt:
		return order(l, r) < 0
	case expr.OpLe:
		return order(l, r) <= 0
	case expr.OpGt:
		return order(l, r) > 0
	case expr.OpGe:
		return order(l, r) >= 0
	}
	if a, ok := l.(*big.Rat); ok {
		return rationalOf(op, a, r.(*big.Rat))
	}
	return integerOf(op, l.(int64), r.(int64))
}

func rationalOf(op expr.Op, a, b *big.Rat) any {
	switch op {
	case expr.OpAdd:
		return new(big.Rat).Add(a, b)
	case expr.OpSub:
		return new(big.Rat).Sub(a, b)
	}
	return new(big.Rat).Mul(a, b)
}

func integerOf(op expr.Op, a, b int64) any {
	switch op {
	case expr.OpAdd:
		return a + b
	case expr.OpSub:
		return a - b
	case expr.OpMul:
		return a * b
	case expr.OpBitAnd:
		return a & b
	case expr.OpBitOr:
		return a | b
	case expr.OpBitXor:
		return a ^ b
	case expr.OpShl:
		return a << b
	case expr.OpShr:
		return a >> b
	}
	switch {
	case b == 0:
		return nil
	case op == expr.OpQuo:
		return a / b
	}
	return a % b
}

// order compares two values of one type.
func order(l, r any) int {
	switch l := l.(type) {
	case int64:
		return compareOrdered(l, r.(int64))
	case string:
		return strings.Compare(l, r.(string))
	case *big.Rat:
		return l.Cmp(r.(*big.Rat))
	case bool:
		return compareOrdered(bit(l), bit(r.(bool)))
	}
	return 0
}

func bit(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

func compareOrdered(a, b int64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// chainOf is AND and OR of three values, and ||.
func chainOf(op expr.Op, values []any) any {
	if op == expr.OpConcat {
		text := ""
		for _, v := range values {
			if v == nil {
				return nil
			}
			text += v.(string)
		}
		return text
	}
	deciding, unknown := op == expr.OpOr, false
	for _, v := range values {
		if v == deciding {
			return deciding
		}
		unknown = unknown || v == nil
	}
	if unknown {
		return nil
	}
	return !deciding
}

func member(n *expr.Membership) (any, bool) {
	x, ok := evaluate(n.X.Node)
	if !ok {
		return nil, false
	}
	if n.Empty() {
		return n.Not, true
	}
	equal := []any{}
	if n.Values != nil {
		switch list := n.Values.V.(type) {
		case []int64:
			for _, v := range list {
				equal = append(equal, binaryOf(expr.OpEq, x, v))
			}
		case []string:
			for _, v := range list {
				equal = append(equal, binaryOf(expr.OpEq, x, v))
			}
		}
	}
	for _, t := range n.Terms {
		v, ok := evaluate(t.Node)
		if !ok {
			return nil, false
		}
		equal = append(equal, binaryOf(expr.OpEq, x, v))
	}
	return negatedIf(n.Not, chainOf(expr.OpOr, equal)), true
}

func likeOf(match expr.Match, x, part any) any {
	if x == nil || part == nil {
		return nil
	}
	switch text, part := x.(string), part.(string); match {
	case expr.MatchPrefix:
		return strings.HasPrefix(text, part)
	case expr.MatchSuffix:
		return strings.HasSuffix(text, part)
	default:
		return strings.Contains(text, part)
	}
}

func caseOf(n *expr.Case) (any, bool) {
	terms := append([]*expr.Term{}, n.Whens...)
	if n.Else != nil {
		terms = append(terms, n.Else)
	}
	return evaluateAll(terms, func(v []any) any {
		for i := 0; i+1 < len(n.Whens); i += 2 {
			if v[i] == true {
				return v[i+1]
			}
		}
		if n.Else != nil {
			return v[len(v)-1]
		}
		return nil
	})
}
