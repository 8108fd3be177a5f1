package expr

import (
	"reflect"
	"slices"

	"github.com/skep-go/skep/toolkit/schema"
)

// Comparable are the operators of everything whose values are V in Go.
type Comparable[V any] struct{ *Term }

func (Comparable[V]) goValue(V) {}

// Eq is x = v, or x IS NULL if v is nil, as an [Any] or [Bytes] may be.
func (c Comparable[V]) Eq(v V) Bool { return equal(OpEq, OpIs, c.term(), v) }

// Ne is x <> v, or x IS NOT NULL if v is nil.
func (c Comparable[V]) Ne(v V) Bool { return equal(OpNe, OpIsNot, c.term(), v) }

// Lt is x < v.
func (c Comparable[V]) Lt(v V) Bool { return truth(withValue(OpLt, c.term(), v, schema.Boolean)) }

// Le is x <= v.
func (c Comparable[V]) Le(v V) Bool { return truth(withValue(OpLe, c.term(), v, schema.Boolean)) }

// Gt is x > v.
func (c Comparable[V]) Gt(v V) Bool { return truth(withValue(OpGt, c.term(), v, schema.Boolean)) }

// Ge is x >= v.
func (c Comparable[V]) Ge(v V) Bool { return truth(withValue(OpGe, c.term(), v, schema.Boolean)) }

// EqPtr is x = *v, or x IS NULL if v is nil.
func (c Comparable[V]) EqPtr(v *V) Bool {
	if v == nil {
		return c.IsNull()
	}
	return c.Eq(*v)
}

// equal is x = v or, as is, x IS NULL: neither = nor <> is ever true of NULL.
func equal(op, is Op, x *Term, v any) Bool {
	if isNil(v) {
		if _, custom := x.Type.(schema.Custom); !custom { // which makes its own value of nil
			return truth(binary(is, x, &null.Term, schema.Boolean))
		}
	}
	return truth(withValue(op, x, v, schema.Boolean))
}

// isNil reports whether a value of Go is NULL.
func isNil(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case int64, string, float64, bool: // most values, without a look at their type
		return false
	case []byte:
		return v == nil
	}
	p := reflect.ValueOf(v)
	return p.Kind() == reflect.Pointer && p.IsNil()
}

// IsDistinctFrom is x <> v for which a NULL is a value like others.
func (c Comparable[V]) IsDistinctFrom(v V) Bool {
	return truth(withValue(OpDistinct, c.term(), v, schema.Boolean))
}

// IsNotDistinctFrom is x = v for which a NULL is a value like others.
func (c Comparable[V]) IsNotDistinctFrom(v V) Bool {
	return truth(withValue(OpNotDistinct, c.term(), v, schema.Boolean))
}

// In is x IN (…). Of no values it is false, also for NULL.
func (c Comparable[V]) In(values ...V) Bool {
	return truth(inList(c.term(), values, false))
}

// NotIn is x NOT IN (…). Of no values it is true, also for NULL.
func (c Comparable[V]) NotIn(values ...V) Bool {
	return truth(inList(c.term(), values, true))
}

// InParam is x IN (…) of a slice that is given by name when the statement is executed. It must not be empty then: what
// IN of nothing means cannot be said in all places where a list can stand.
func (c Comparable[V]) InParam(name string) Bool {
	x, p := c.term(), &Parameter{Name: name}
	p.is(p, x.Type)
	return truth((&Membership{X: x, Param: p}).made())
}

// InQuery is x IN (SELECT …).
func (c Comparable[V]) InQuery(q Query) Bool { return truth(inQuery(c.term(), q, false)) }

// NotInQuery is x NOT IN (SELECT …). It is never true if the query gives a NULL; consider Not([Exists]).
func (c Comparable[V]) NotInQuery(q Query) Bool { return truth(inQuery(c.term(), q, true)) }

// Between is x BETWEEN low AND high.
func (c Comparable[V]) Between(low, high V) Bool { return truth(between(c.term(), low, high, false)) }

// NotBetween is x NOT BETWEEN low AND high.
func (c Comparable[V]) NotBetween(low, high V) Bool { return truth(between(c.term(), low, high, true)) }

// BetweenSymmetric is x BETWEEN a AND b for bounds of which either may be the lower one.
func (c Comparable[V]) BetweenSymmetric(a, b V) Bool {
	return symmetric(c.term(), newValue(a, c.term().Type), newValue(b, c.term().Type))
}

// IsNull is x IS NULL.
func (t *Term) IsNull() Bool { return truth(binary(OpIs, t.term(), &null.Term, schema.Boolean)) }

// IsNotNull is x IS NOT NULL.
func (t *Term) IsNotNull() Bool { return truth(binary(OpIsNot, t.term(), &null.Term, schema.Boolean)) }

// IsTrue is x IS TRUE: never NULL.
func (b Bool) IsTrue() Bool { return truth(binary(OpIs, b.term(), True().Term, schema.Boolean)) }

// IsFalse is x IS FALSE: never NULL.
func (b Bool) IsFalse() Bool { return truth(binary(OpIs, b.term(), False().Term, schema.Boolean)) }

// Eq is a = b.
func Eq[E Kind[E]](a, b E) Bool { return compare(OpEq, a, b) }

// Ne is a <> b.
func Ne[E Kind[E]](a, b E) Bool { return compare(OpNe, a, b) }

// Lt is a < b.
func Lt[E Kind[E]](a, b E) Bool { return compare(OpLt, a, b) }

// Le is a <= b.
func Le[E Kind[E]](a, b E) Bool { return compare(OpLe, a, b) }

// Gt is a > b.
func Gt[E Kind[E]](a, b E) Bool { return compare(OpGt, a, b) }

// Ge is a >= b.
func Ge[E Kind[E]](a, b E) Bool { return compare(OpGe, a, b) }

// IsDistinctFrom is a <> b for which a NULL is a value like others.
func IsDistinctFrom[E Kind[E]](a, b E) Bool { return compare(OpDistinct, a, b) }

// IsNotDistinctFrom is a = b for which a NULL is a value like others.
func IsNotDistinctFrom[E Kind[E]](a, b E) Bool { return compare(OpNotDistinct, a, b) }

func compare[E Kind[E]](op Op, a, b E) Bool {
	l, r := a.term(), b.term()
	return truth(binary(op, paramLike(l, r), paramLike(r, l), schema.Boolean))
}

// Between is x BETWEEN low AND high.
func Between[E Kind[E]](x, low, high E) Bool {
	return within(x.term(), paramLike(low.term(), x.term()), paramLike(high.term(), x.term()))
}

func within(x, low, high *Term) Bool {
	r := &Range{X: x, Low: low, High: high}
	return truth(r.is(r, schema.Boolean))
}

// BetweenSymmetric is x BETWEEN a AND b for bounds of which either may be the lower one.
func BetweenSymmetric[E Kind[E]](x, a, b E) Bool {
	return symmetric(x.term(), paramLike(a.term(), x.term()), paramLike(b.term(), x.term()))
}

// symmetric is BETWEEN SYMMETRIC as the standard defines it, for few servers have it.
func symmetric(x, a, b *Term) Bool { return Or(within(x, a, b), within(x, b, a)) }

// In is x IN (…) of expressions. Of none it is false, also for NULL.
func In[E Kind[E]](x E, list ...E) Bool {
	all := terms(list)
	for i, t := range all {
		all[i] = paramLike(t, x.term())
	}
	return truth(inTerms(x.term(), all, false))
}

// Membership is the node of IN: in the list of values of Values or Param, in Terms, or in the rows of Query.
type Membership struct {
	Term
	X      *Term
	Not    bool
	Values *Value     // V is a slice
	Param  *Parameter // its value is a slice
	Terms  []*Term
	Query  Node
	empty  bool
}

// Empty reports whether there is nothing that X could be in. The length of a list of values is no part of the tree's
// structure, but whether there are any is.
func (m *Membership) Empty() bool { return m.empty }

// Shape implements [Node].
func (m *Membership) Shape(s *Shape) {
	s.Kind("in")
	s.Bool(m.Not)
	s.Bool(m.empty)
	s.Term(m.X)
	s.Terms(m.Terms)
	s.Node(m.Query)
	if m.Values != nil {
		s.Node(m.Values)
	}
	if m.Param != nil {
		s.Node(m.Param)
	}
}

func inList[V any](x *Term, values []V, not bool) *Term {
	n := &struct {
		Membership
		Value
		room [4]V // for a short list
	}{}
	own := append(n.room[:0], values...)
	n.Value.set(slices.Clip(own), x.Type)
	n.Membership = Membership{X: x, Not: not, Values: &n.Value, empty: len(values) == 0}
	return n.Membership.made()
}

func inTerms(x *Term, list []*Term, not bool) *Term {
	return (&Membership{X: x, Not: not, Terms: list, empty: len(list) == 0}).made()
}

func inQuery(x *Term, q Query, not bool) *Term {
	return (&Membership{X: x, Not: not, Query: nodeOf(q)}).made()
}

func (m *Membership) made() *Term {
	return m.is(m, schema.Boolean)
}

// Range is the node of BETWEEN.
type Range struct {
	Term
	X, Low, High *Term
	Not          bool
}

// Shape implements [Node].
func (r *Range) Shape(s *Shape) {
	s.Kind("between")
	s.Bool(r.Not)
	s.Term(r.X)
	s.Term(r.Low)
	s.Term(r.High)
}

func between(x *Term, low, high any, not bool) *Term {
	n := &struct {
		Range
		low, high Value
	}{}
	n.low.set(low, x.Type)
	n.high.set(high, x.Type)
	n.Range = Range{X: x, Low: &n.low.Term, High: &n.high.Term, Not: not}
	return n.Range.is(&n.Range, schema.Boolean)
}

// Tuple is a row of expressions: expr.Row(a, b).In(expr.Row(…), …).
type Tuple struct{ *Term }

// Row makes a tuple.
func Row(list ...Expr) Tuple { return tuple(terms(list)) }

func tuple(list []*Term) Tuple {
	if len(list) == 0 {
		return Tuple{fault(&ArgumentError{"a row", "it has no values"})}
	}
	r := &RowNode{Terms: list}
	return Tuple{r.is(r, nil)}
}

// Values makes a tuple of values.
func Values(list ...any) Tuple {
	values := make([]*Term, len(list))
	for i, v := range list {
		if e, ok := v.(Expr); ok {
			values[i] = e.term()
		} else {
			values[i] = newValue(v, nil)
		}
	}
	return tuple(values)
}

// In is (a, b) IN ((1, 2), …). Of no rows it is false.
func (t Tuple) In(rows ...Tuple) Bool { return truth(inTerms(t.term(), terms(rows), false)) }

// NotIn is (a, b) NOT IN ((1, 2), …). Of no rows it is true.
func (t Tuple) NotIn(rows ...Tuple) Bool { return truth(inTerms(t.term(), terms(rows), true)) }

// InQuery is (a, b) IN (SELECT …).
func (t Tuple) InQuery(q Query) Bool { return truth(inQuery(t.term(), q, false)) }

// RowNode is the node of a tuple.
type RowNode struct {
	Term
	Terms []*Term
}

// Shape implements [Node].
func (r *RowNode) Shape(s *Shape) {
	s.Kind("row")
	s.Terms(r.Terms)
}
