package expr

import "slices"

// When begins a CASE: expr.When(a.IsNull(), expr.Lit[expr.Int](0)).Else(a).
func When[E Kind[E]](condition Bool, then E) CaseOf[E] { return CaseOf[E]{}.When(condition, then) }

// Switch begins a CASE of the values of x: expr.Switch(a, one, first).When(two, second).End().
func Switch[K Kind[K], E Kind[E]](x, value K, then E) SwitchOf[K, E] {
	return SwitchOf[K, E]{CaseOf[E]{x: x.term()}}.When(value, then)
}

// SwitchOf is a CASE of the values of an expression that is not complete yet. It is an expression once it has its Else or
// End.
type SwitchOf[K Kind[K], E Kind[E]] struct{ of CaseOf[E] }

// When adds a value, and what the CASE is if it is the first that the expression is equal to.
func (c SwitchOf[K, E]) When(value K, then E) SwitchOf[K, E] {
	if c.of.x == nil {
		c.of.x = fault(&ArgumentError{"CASE", "it has no expression; begin it with expr.Switch"})
	}
	return SwitchOf[K, E]{c.of.when(paramLike(value.term(), c.of.x), then)}
}

// Else ends the CASE with what it is if the expression has none of the values.
func (c SwitchOf[K, E]) Else(otherwise E) E { return c.of.Else(otherwise) }

// End ends the CASE. It is NULL if the expression has none of the values.
func (c SwitchOf[K, E]) End() E { return c.of.End() }

// CaseOf is a CASE that is not complete yet. It is an expression once it has its Else or End.
type CaseOf[E Kind[E]] struct {
	x     *Term // of Switch
	whens []*Term
}

// When adds a condition, and what the CASE is if it is the first that is true.
func (c CaseOf[E]) When(condition Bool, then E) CaseOf[E] {
	return c.when(condition.term(), then)
}

func (c CaseOf[E]) when(is *Term, then E) CaseOf[E] {
	return CaseOf[E]{c.x, append(slices.Clip(c.whens), is, then.term())}
}

// Else ends the CASE with what it is if no condition is true.
func (c CaseOf[E]) Else(otherwise E) E { return c.made(otherwise.term()) }

// End ends the CASE. It is NULL if no condition is true.
func (c CaseOf[E]) End() E { return c.made(nil) }

func (c CaseOf[E]) made(otherwise *Term) E {
	if len(c.whens) == 0 {
		return kind[E](fault(&ArgumentError{"CASE", "it has no condition; begin it with expr.When"}))
	}
	n := &Case{X: c.x, Whens: c.whens, Else: otherwise}
	return kind[E](n.is(n, c.whens[1].Type))
}

// Case is the node of CASE.
type Case struct {
	Term
	X     *Term   // whose values are distinguished; nil if there are conditions
	Whens []*Term // conditions, or values, and results by turns
	Else  *Term   // nil if there is none
}

// Shape implements [Node].
func (c *Case) Shape(s *Shape) {
	s.Kind("case")
	s.Term(c.X)
	s.Terms(c.Whens)
	s.Term(c.Else)
}
