package expr

import (
	"slices"

	"github.com/skep-go/skep/toolkit/schema"
)

// Expr is anything that has a value: a column, an operator, a function, a query for one value. Each kind of value has a
// type of its own, such as [Int] and [String], with the operators that make sense for it. All of them carry a [Term].
type Expr interface {
	term() *Term
}

// Term is an expression as a tree holds it. Other packages make expressions of their own nodes by [New].
type Term struct {
	Node Node
	Type schema.Type // of the value; nil if it is not known
}

// New makes an expression of kind E of a node: New[expr.Int](&myNode{…}, schema.BigInt).
func New[E Kind[E]](n Node, t schema.Type) E {
	return kind[E](&Term{Node: n, Type: t})
}

// is makes t the expression of a node that it is a part of.
func (t *Term) is(n Node, typ schema.Type) *Term {
	t.Node, t.Type = n, typ
	return t
}

// TermOf gives the term of an expression, nil if there is none.
func TermOf(e Expr) *Term {
	if e == nil {
		return nil
	}
	return e.term()
}

// termOf is the term of an expression, or what reports that there is none.
func termOf(e Expr) *Term {
	if e == nil {
		return missing
	}
	return e.term()
}

// term is t, or what reports that there is none: the zero value of a kind is no expression.
func (t *Term) term() *Term {
	if t == nil {
		return missing
	}
	return t
}

var missing = fault(&ArgumentError{"an expression", "it is missing: a zero value stands here, such as a column that was never declared"})

func (t *Term) appendItems(list []*Term) []*Term { return append(list, t.term()) }

func terms[E Expr](list []E) []*Term { return appendTerms(nil, list) }

// appendTerms gives a list that nothing can be appended to in place.
func appendTerms[E Expr](dst []*Term, list []E) []*Term {
	dst = slices.Grow(dst, len(list))
	for _, e := range list {
		dst = append(dst, termOf(e))
	}
	return slices.Clip(dst)
}

// As gives the expression a name in a result: count(*) AS n.
func (t *Term) As(label string) Label {
	l := &Labeled{X: t.term(), Name: label}
	return Label{l.is(l, l.X.Type)}
}

// Label is an expression with a name in the result. [Desc] and [Asc] order by it.
type Label struct{ *Term }

func (Label) with(t *Term) Label { return Label{t} }

// Labeled is the node of X AS Name.
//
// Like all nodes of this package that are expressions, it is made together with its Term, in one piece of memory, and
// the Term points back to it.
type Labeled struct {
	Term
	X    *Term
	Name string
}

// Shape implements [Node].
func (l *Labeled) Shape(s *Shape) {
	s.Kind("as")
	s.Text(l.Name)
	s.Term(l.X)
}

// Value is the node of a value of Go. It is rendered as a literal, or bound, when the statement is executed. V nil is
// NULL; a slice stands for a list, in IN only.
type Value struct {
	Term
	V any
}

// Shape implements [Node].
func (v *Value) Shape(s *Shape) {
	s.Kind("?")
	s.value(v)
}

func newValue(v any, t schema.Type) *Term {
	n := &Value{V: v}
	n.set(v, t)
	return &n.Term
}

// set makes n the value v, whose type is t or, if that is not known, what Go's type says.
func (v *Value) set(value any, t schema.Type) {
	if t == nil {
		t = typeOf(value)
	}
	v.V = value
	v.is(v, t)
}

// Lit is a value as an expression: expr.Lit[expr.Int](7). A method that takes a value needs none.
func Lit[E interface {
	Kind[E]
	valued[V]
}, V any](v V) E {
	return kind[E](newValue(v, nil))
}

// Param is a value that is given by name when the statement is executed: expr.Param[expr.String]("carrier").
func Param[E Kind[E]](name string) E {
	p := &Parameter{Name: name}
	return kind[E](p.is(p, kindType[E]()))
}

// paramLike has a parameter that is compared with something, or is to become its value, be of its type, if that is what a
// program makes of its values or the parameter has none.
func paramLike(t, other *Term) *Term {
	p, ok := t.Node.(*Parameter)
	if !ok || other.Type == nil {
		return t
	}
	if _, custom := other.Type.(schema.Custom); !custom && p.Type != nil {
		return t
	}
	like := &Parameter{Name: p.Name}
	return like.is(like, other.Type)
}

// Parameter is the node of a value given by name.
type Parameter struct {
	Term
	Name string
}

// Shape implements [Node].
func (p *Parameter) Shape(s *Shape) {
	s.Kind("param")
	s.Text(p.Name)
	s.Type(p.Type)
}

// Null is NULL as an expression of kind E.
func Null[E Kind[E]]() E { return kind[E](&null.Term) }

var null = func() *Constant {
	c := &Constant{Text: "NULL"}
	c.is(c, schema.Null)
	return c
}()

// Constant is the node of a constant of the language: NULL, TRUE, FALSE, CURRENT_DATE.
type Constant struct {
	Term
	Text string
}

// Shape implements [Node].
func (c *Constant) Shape(s *Shape) {
	s.Kind("const")
	s.Text(c.Text)
}

// Ordering is what ORDER BY takes: any expression, or one with its direction.
type Ordering interface{ ordering() Order }

// Order is an expression, or a label of the result, with its direction.
type Order struct {
	X     *Term
	Desc  bool
	Nulls Nulls
}

// Nulls says where NULLs stand.
type Nulls uint8

// The places of NULLs in an order.
const (
	NullsDefault Nulls = iota // where the server puts them
	NullsFirst
	NullsLast
)

func (t *Term) ordering() Order { return Order{X: t.term()} }
func (o Order) ordering() Order { o.X = o.X.term(); return o }

func orderOf(o Ordering) Order {
	if o == nil {
		return Order{X: missing}
	}
	return o.ordering()
}

func (o Order) shape(s *Shape) {
	s.Bool(o.Desc)
	s.Int(int(o.Nulls))
	s.Term(o.X)
}

// Asc orders from the lowest up.
func (t *Term) Asc() Order { return Order{X: t.term()} }

// Desc orders from the highest down.
func (t *Term) Desc() Order { return Order{X: t.term(), Desc: true} }

// NullsFirst puts NULLs before everything else.
func (o Order) NullsFirst() Order { o.Nulls = NullsFirst; return o }

// NullsLast puts NULLs behind everything else.
func (o Order) NullsLast() Order { o.Nulls = NullsLast; return o }

// Asc orders by a label of the result.
func Asc(label string) Order { return Order{X: labelRef(label)} }

// Desc orders by a label of the result, from the highest down.
func Desc(label string) Order { return Order{X: labelRef(label), Desc: true} }

// LabelRef is the node of a label of the result.
type LabelRef struct {
	Term
	Name string
}

// Shape implements [Node].
func (l *LabelRef) Shape(s *Shape) {
	s.Kind("label")
	s.Text(l.Name)
}

func labelRef(name string) *Term {
	l := &LabelRef{Name: name}
	return l.is(l, nil)
}
