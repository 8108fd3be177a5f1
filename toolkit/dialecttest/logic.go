package dialecttest

import (
	"fmt"
	"math/rand/v2"

	"github.com/skep-go/skep/toolkit/compile"
	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/schema"
)

// logicTests compare what the server makes of operators over constants with what Go makes of them: each operator binds
// as the tree says, and NULL is neither true nor false.
func logicTests() []test {
	var list []test
	for i := range 12 {
		list = append(list, test{fmt.Sprintf("logic/numbers %d", i), func(s *suite) error { return s.ask(s.random(uint64(i), false)) }})
		list = append(list, test{fmt.Sprintf("logic/conditions %d", i), func(s *suite) error { return s.ask(s.random(uint64(i), true)) }})
	}
	return append(list, test{"logic/truth tables", truthTables})
}

// number is an expression and its value; nil is NULL.
type number struct {
	x expr.Int
	v *int64
}

// truth is a condition and its value; nil is NULL.
type truth struct {
	x expr.Bool
	v *bool
}

func known[T any](v T) *T { return &v }

func nullInt() expr.Int { return expr.Cast[expr.Int](expr.Null[expr.Int](), schema.BigInt) }

// dice grow expressions.
type dice struct {
	*rand.Rand
	quotients bool
}

func (s *suite) random(seed uint64, conditions bool) question {
	quotients, _ := s.dialect.Supports(compile.Quotients)
	d := dice{rand.New(rand.NewPCG(seed, 7)), quotients}
	var items []expr.Item
	var want []any
	for i := range 20 {
		label := fmt.Sprintf("x%d", i)
		if conditions {
			c := d.condition(3)
			items, want = append(items, c.x.As(label)), append(want, plain(c.v))
		} else {
			x := d.number(3)
			items, want = append(items, x.x.As(label)), append(want, plain(x.v))
		}
	}
	return question{query: expr.Select(items...), rows: rows(want)}
}

func plain[T any](v *T) any {
	if v == nil {
		return nil
	}
	return *v
}

func (d dice) number(depth int) number {
	if depth == 0 || d.IntN(6) == 0 {
		if d.IntN(8) == 0 {
			return number{nullInt(), nil}
		}
		v := d.Int64N(21) - 10
		return number{lit(v), &v}
	}
	a, b := d.number(depth-1), d.number(depth-1)
	c := d.Int64N(9) + 1 // no division by 0
	if d.IntN(2) == 0 {
		c = -c
	}
	switch d.IntN(8) {
	case 0:
		return both(expr.Add(a.x, b.x), a, b, func(a, b int64) int64 { return a + b })
	case 1:
		return both(expr.Sub(a.x, b.x), a, b, func(a, b int64) int64 { return a - b })
	case 2:
		return both(expr.Mul(a.x, b.x), a, b, func(a, b int64) int64 { return a * b })
	case 3:
		return both(a.x.Mod(c), a, a, func(a, _ int64) int64 { return a % c })
	case 4:
		if !d.quotients {
			return a
		}
		return both(a.x.IntDiv(c), a, a, func(a, _ int64) int64 { return a / c })
	case 5:
		return both(a.x.Neg(), a, a, func(a, _ int64) int64 { return -a })
	case 6:
		return both(a.x.Sub(c), a, a, func(a, _ int64) int64 { return a - c })
	}
	if yes := d.condition(depth - 1); yes.v != nil && *yes.v {
		return number{expr.When(yes.x, a.x).Else(b.x), a.v}
	} else {
		return number{expr.When(yes.x, a.x).Else(b.x), b.v}
	}
}

func both(x expr.Int, a, b number, f func(a, b int64) int64) number {
	if a.v == nil || b.v == nil {
		return number{x, nil}
	}
	return number{x, known(f(*a.v, *b.v))}
}

func (d dice) condition(depth int) truth {
	if depth == 0 {
		switch d.IntN(4) {
		case 0:
			return truth{expr.True(), known(true)}
		case 1:
			return truth{expr.False(), known(false)}
		}
	}
	a, b := d.number(max(depth-1, 0)), d.number(max(depth-1, 0))
	if depth == 0 {
		return compared(expr.Lt(a.x, b.x), a, b, func(a, b int64) bool { return a < b })
	}
	p, q := d.condition(depth-1), d.condition(depth-1)
	switch d.IntN(11) {
	case 0:
		return compared(expr.Eq(a.x, b.x), a, b, func(a, b int64) bool { return a == b })
	case 1:
		return compared(expr.Ge(a.x, b.x), a, b, func(a, b int64) bool { return a >= b })
	case 2:
		return truth{expr.And(p.x, q.x), and(p.v, q.v)}
	case 3:
		return truth{expr.Or(p.x, q.x), not(and(not(p.v), not(q.v)))}
	case 4:
		return truth{expr.Not(p.x), not(p.v)}
	case 5:
		return truth{a.x.IsNull(), known(a.v == nil)}
	case 6:
		return truth{p.x.IsNotNull(), known(p.v != nil)}
	case 7:
		return truth{a.x.In(1, 2, 3), inSmall(a)}
	case 8:
		return truth{a.x.NotIn(1, 2, 3), not(inSmall(a))}
	case 9:
		return compared(a.x.Between(-3, 3), a, a, func(a, _ int64) bool { return -3 <= a && a <= 3 })
	default:
		return truth{expr.Not(a.x.In()), known(true)}
	}
}

func inSmall(a number) *bool {
	if a.v == nil {
		return nil
	}
	return known(1 <= *a.v && *a.v <= 3)
}

func compared(x expr.Bool, a, b number, f func(a, b int64) bool) truth {
	if a.v == nil || b.v == nil {
		return truth{x, nil}
	}
	return truth{x, known(f(*a.v, *b.v))}
}

func not(v *bool) *bool {
	if v == nil {
		return nil
	}
	return known(!*v)
}

func and(a, b *bool) *bool {
	if a != nil && !*a || b != nil && !*b {
		return known(false)
	}
	if a == nil || b == nil {
		return nil
	}
	return known(true)
}

// truthTables are those of AND, OR and NOT.
func truthTables(s *suite) error {
	all := []truth{{lit(1).Eq(1), known(true)}, {lit(1).Eq(2), known(false)}, {nullInt().Eq(1), nil}}
	var items []expr.Item
	var want []any
	for _, p := range all {
		items, want = append(items, expr.Not(expr.And(p.x, p.x)).As(fmt.Sprintf("x%d", len(items)))), append(want, plain(not(p.v)))
		for _, q := range all {
			items, want = append(items, expr.And(p.x, q.x).As(fmt.Sprintf("x%d", len(items)))), append(want, plain(and(p.v, q.v)))
			items, want = append(items, expr.Or(p.x, q.x).As(fmt.Sprintf("x%d", len(items)))), append(want, plain(not(and(not(p.v), not(q.v)))))
		}
	}
	return s.ask(question{query: expr.Select(items...), rows: rows(want)})
}
