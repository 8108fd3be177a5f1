package compile_test

import (
	"math/rand/v2"
	"testing"

	"github.com/skep-go/skep/toolkit/compile"
	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/fn"
)

// grower makes a query of bytes: they decide its structure, and random decides its values.
type grower struct {
	data   []byte
	random *rand.Rand
	share  bool              // what stands in two places is one expression
	grown  []func() expr.Int // what may stand in another place again
}

func grow(data []byte, seed uint64, share bool) expr.SelectStmt {
	g := &grower{data: data, random: rand.New(rand.NewPCG(seed, 1)), share: share}
	return g.query(3)
}

func (g *grower) choose(n int) int {
	if len(g.data) == 0 {
		return 0
	}
	b := g.data[0]
	g.data = g.data[1:]
	return int(b) % n
}

func (g *grower) value() int64 { return g.random.Int64N(7) - 3 }

func (g *grower) list() []int64 {
	list := make([]int64, 1+g.random.IntN(3))
	for i := range list {
		list[i] = g.value()
	}
	return list
}

var othersOfThings = [...]string{"", "t", "u"}

// number grows a number. It is kept as a way to make it again, so that the same structure can be had shared and not.
func (g *grower) number(depth int) expr.Int {
	if n := len(g.grown); n > 0 && g.choose(5) == 4 {
		return g.grown[g.choose(n)]()
	}
	src := things
	if alias := othersOfThings[g.choose(3)]; alias != "" {
		src = expr.Alias(things, alias)
	}
	var again func() expr.Int
	switch choice := g.choose(8); {
	case depth == 0 || choice == 0:
		again = func() expr.Int { return src.A }
	case choice == 1:
		again = func() expr.Int { return lit(g.value()) }
	case choice == 2:
		again = func() expr.Int { return src.B.Add(g.value()) }
	case choice == 3:
		x, y := g.number(depth-1), g.number(depth-1)
		again = func() expr.Int { return expr.Sub(x, y).Mul(g.value()) }
	case choice == 4:
		x, yes := g.number(depth-1), g.condition(depth-1)
		again = func() expr.Int { return expr.When(yes, x).Else(lit(g.value())) }
	case choice == 5:
		q := g.query(depth - 1)
		again = func() expr.Int { return expr.Scalar[expr.Int](q.Only(fn.Max(src.A.Mod(g.value())))) }
	case choice == 6:
		x := g.number(depth - 1)
		again = func() expr.Int { return expr.Over(fn.Sum(x), expr.PartitionBy(src.B.Add(g.value())).OrderBy(src.A)) }
	default:
		x := g.number(depth - 1)
		again = func() expr.Int { return x.Neg() }
	}
	if g.share {
		one := again()
		again = func() expr.Int { return one }
	}
	g.grown = append(g.grown, again)
	return again()
}

func (g *grower) condition(depth int) expr.Bool {
	if depth == 0 {
		return g.number(0).Eq(g.value())
	}
	switch g.choose(9) {
	case 0:
		return g.number(depth - 1).Lt(g.value())
	case 1:
		return g.number(depth - 1).In(g.list()...)
	case 2:
		return expr.And(g.condition(depth-1), g.condition(depth-1), expr.True())
	case 3:
		return expr.Or(g.condition(depth-1), g.condition(depth-1))
	case 4:
		return expr.Not(g.condition(depth - 1))
	case 5:
		return things.S.Contains(string(rune('a' + g.random.IntN(20))))
	case 6:
		return g.number(depth - 1).InQuery(g.query(depth - 1).Only(things.A))
	case 7:
		return expr.Exists(g.query(depth - 1))
	default:
		return g.number(depth-1).Between(g.value(), g.value())
	}
}

func (g *grower) query(depth int) expr.SelectStmt {
	q := expr.Select(things.A)
	if g.choose(3) == 1 && depth > 0 {
		inner := g.query(depth - 1)
		switch g.choose(3) {
		case 0:
			q = q.Columns(inner.Subquery("q").C("a"))
		case 1:
			q = q.Columns(inner.CTE("c").C("a"))
		default:
			q = q.Columns(expr.UnionAll(inner, inner.Limit(g.value())).Subquery("").C("a"))
		}
	}
	for range g.choose(3) {
		q = q.Columns(g.number(depth))
	}
	if g.choose(2) == 1 {
		label := g.number(depth).As("n")
		q = q.Columns(label).OrderBy(label.Desc(), expr.Asc("n"))
	}
	if g.choose(3) == 1 {
		q = q.Join(items)
	}
	for range g.choose(3) {
		q = q.Where(g.condition(depth))
	}
	for range g.choose(3) {
		q = q.GroupBy(g.number(depth))
	}
	if g.choose(3) == 1 {
		q = q.Having(g.condition(depth)).Limit(g.random.Int64N(9))
	}
	return q
}

// outcome is the text, or the error in its place.
func outcome(st *compile.Statement, err error) (template, text string) {
	if err != nil {
		return err.Error(), err.Error()
	}
	text, err = st.SQL()
	if err != nil {
		text = err.Error()
	}
	return st.Template(), text
}

func keyOf(n expr.Node) (key string, opaque bool) {
	var s expr.Shape
	n.Shape(&s)
	return string(s.Key()), s.Opaque()
}

// FuzzCache: a cache changes nothing, equal keys mean equal texts, and what is made of a query leaves it as it was.
func FuzzCache(f *testing.F) {
	f.Add([]byte{})
	f.Add([]byte("0123456789abcdefghijklmnopqrstuvwxyz"))
	f.Add([]byte{1, 0, 2, 1, 1, 2, 4, 1, 1, 3, 4, 4, 0, 2, 6, 7, 1, 8, 2, 5, 3, 1, 4, 4, 4, 1, 2, 0, 9, 1, 1, 4, 3})
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 300 {
			return
		}
		cache := compile.NewCache(everything{}, 4)
		templates := map[string]string{}
		for seed, share := range []bool{true, true, false, false, true} {
			q := grow(data, uint64(seed), share)
			template, text := outcome(compile.Compile(everything{}, q))
			if cachedTemplate, cached := outcome(cache.Compile(q)); cachedTemplate != template || cached != text {
				t.Fatalf("by the cache\n%s\nwithout\n%s", cached, text)
			}
			key, opaque := keyOf(q)
			if other, known := templates[key]; known && !opaque && other != template {
				t.Fatalf("one key of two texts\n%s\n%s", other, template)
			}
			templates[key] = template

			one := changed(q, 1)
			_, before := outcome(compile.Compile(everything{}, one))
			changed(q, 2)
			if _, after := outcome(compile.Compile(everything{}, one)); after != before {
				t.Fatalf("what was made of a query was\n%s\nand is\n%s", before, after)
			}
			if _, after := outcome(compile.Compile(everything{}, q)); after != text {
				t.Fatalf("a query was\n%s\nand is\n%s", text, after)
			}
		}
	})
}

// changed makes another query of q, by each method that adds to a list.
func changed(q expr.SelectStmt, n int64) expr.SelectStmt {
	yes := things.A.Eq(n)
	q = q.Columns(things.A.Add(n)).Where(yes).GroupBy(things.A.Mod(n)).Having(yes).OrderBy(things.B.Add(n).Desc()).Limit(n)
	q = q.Join(items, items.ID.Eq(n)).CrossJoin(expr.Rows("r", []string{"x"}, expr.Values(n)))
	return q.Qualify(yes).DistinctOn(things.A.Sub(n)).Window("w", expr.PartitionBy(things.A.Mul(n)))
}
