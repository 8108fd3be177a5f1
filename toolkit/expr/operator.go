package expr

import "github.com/skep-go/skep/toolkit/schema"

// Op is an operator as a dialect knows it. The compiler of a dialect says how it is spelled and how tight it binds.
type Op string

// The operators of [Unary] and [Binary].
const (
	OpEq  Op = "="
	OpNe  Op = "<>"
	OpLt  Op = "<"
	OpLe  Op = "<="
	OpGt  Op = ">"
	OpGe  Op = ">="
	OpAdd Op = "+"
	OpSub Op = "-"
	OpMul Op = "*"
	OpDiv Op = "/"   // never truncates
	OpQuo Op = "DIV" // truncates towards zero
	OpMod Op = "%"
	OpNeg Op = "neg"

	OpBitAnd Op = "&"
	OpBitOr  Op = "|"
	OpBitXor Op = "^"
	OpBitNot Op = "~"
	OpShl    Op = "<<"
	OpShr    Op = ">>"

	OpAnd    Op = "AND"
	OpOr     Op = "OR"
	OpNot    Op = "NOT"
	OpConcat Op = "||"

	OpIs          Op = "IS"          // only with NULL, TRUE, FALSE and UNKNOWN on the right
	OpDistinct    Op = "IS DISTINCT" // IS DISTINCT FROM; a NULL is like another one
	OpNotDistinct Op = "IS NOT DISTINCT"
	OpIsNot       Op = "IS NOT"
	OpIn          Op = "IN"
	OpNotIn       Op = "NOT IN"
	OpLike        Op = "LIKE"
	OpNotLike     Op = "NOT LIKE"
	OpBetween     Op = "BETWEEN"
	OpNotBetween  Op = "NOT BETWEEN"
	OpRegexp      Op = "REGEXP"
)

// Unary is the node of an operator before X.
type Unary struct {
	Term
	Op Op
	X  *Term
}

// Shape implements [Node].
func (u *Unary) Shape(s *Shape) {
	s.Kind("1")
	s.Text(string(u.Op))
	s.Term(u.X)
}

func unary(op Op, x *Term, t schema.Type) *Term {
	u := &Unary{Op: op, X: x}
	return u.is(u, t)
}

// Binary is the node of an operator between two terms.
type Binary struct {
	Term
	Op   Op
	L, R *Term
}

// Shape implements [Node].
func (b *Binary) Shape(s *Shape) {
	s.Kind("2")
	s.Text(string(b.Op))
	s.Term(b.L)
	s.Term(b.R)
}

func binary(op Op, l, r *Term, t schema.Type) *Term {
	b := &Binary{Op: op, L: l, R: r}
	return b.is(b, t)
}

// withValue is binary with a value on the right, in one piece of memory.
func withValue(op Op, l *Term, v any, t schema.Type) *Term {
	n := &struct {
		Binary
		Value
	}{}
	n.Value.set(v, l.Type)
	n.Binary = Binary{Op: op, L: l, R: &n.Value.Term}
	return n.Binary.is(&n.Binary, t)
}

func truth(t *Term) Bool { return Bool{}.with(t) }

// Chain is the node of AND, OR and || between any number of terms.
type Chain struct {
	Term
	Op    Op
	Terms []*Term
}

// Shape implements [Node].
func (c *Chain) Shape(s *Shape) {
	s.Kind("n")
	s.Text(string(c.Op))
	s.Terms(c.Terms)
}

func chain(op Op, list []*Term, t schema.Type) *Term {
	c := &Chain{Op: op, Terms: list}
	return c.is(c, t)
}

// And is true if all conditions are; And() is TRUE.
func And(conditions ...Bool) Bool {
	switch len(conditions) {
	case 0:
		return True()
	case 1:
		return conditions[0]
	}
	return conditionChain(OpAnd, conditions)
}

// Or is true if some condition is; Or() is FALSE.
func Or(conditions ...Bool) Bool {
	switch len(conditions) {
	case 0:
		return False()
	case 1:
		return conditions[0]
	}
	return conditionChain(OpOr, conditions)
}

// conditionChain has room for a few conditions in the same piece of memory.
func conditionChain(op Op, conditions []Bool) Bool {
	n := &struct {
		Chain
		room [4]*Term
	}{}
	n.Chain = Chain{Op: op, Terms: appendTerms(n.room[:0], conditions)}
	return truth(n.is(&n.Chain, schema.Boolean))
}

// Not negates a condition. The negation of a comparison, of IN, LIKE and the like is their opposite: Not(Eq(a, b)) is
// a <> b.
func Not(condition Bool) Bool { return truth(unary(OpNot, condition.term(), schema.Boolean)) }

// True is TRUE.
func True() Bool { return truth(constant("TRUE", schema.Boolean)) }

// False is FALSE.
func False() Bool { return truth(constant("FALSE", schema.Boolean)) }

func constant(text string, t schema.Type) *Term {
	c := &Constant{Text: text}
	return c.is(c, t)
}

// CustomOp is an operator that the toolkit does not know, written between its terms as it is, within parentheses. The
// text is taken as SQL: it must not come from outside.
func CustomOp[E Kind[E]](l Expr, op string, r Expr) E {
	c := &Custom{Op: op, L: termOf(l), R: termOf(r)}
	return kind[E](c.is(c, kindType[E]()))
}

// Custom is the node of [CustomOp].
type Custom struct {
	Term
	Op   string
	L, R *Term
}

// Shape implements [Node].
func (c *Custom) Shape(s *Shape) {
	s.Kind("op")
	s.Text(c.Op)
	s.Type(c.Type)
	s.Term(c.L)
	s.Term(c.R)
}
