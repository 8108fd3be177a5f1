package expr

// When begins a CASE: expr.When(a.IsNull(), expr.Lit[expr.Int](0)).Else(a).
func When[E Kind[E]](condition Bool, then E) CaseOf[E] { return CaseOf[E]{}.When(condition, then) }

// CaseOf is a CASE that is not complete yet. It is an expression once it has its Else or End.
type CaseOf[E Kind[E]] struct{ whens []*Term }

// When adds a condition, and what the CASE is if it is the first that is true.
func (c CaseOf[E]) When(condition Bool, then E) CaseOf[E] {
	return CaseOf[E]{append(c.whens[:len(c.whens):len(c.whens)], condition.term(), then.term())}
}

// Else ends the CASE with what it is if no condition is true.
func (c CaseOf[E]) Else(otherwise E) E { return c.made(otherwise.term()) }

// End ends the CASE. It is NULL if no condition is true.
func (c CaseOf[E]) End() E { return c.made(nil) }

func (c CaseOf[E]) made(otherwise *Term) E {
	if len(c.whens) == 0 {
		return kind[E](fault(&ArgumentError{"CASE", "it has no condition; begin it with expr.When"}))
	}
	n := &Case{Whens: c.whens, Else: otherwise}
	return kind[E](n.is(n, c.whens[1].Type))
}

// Case is the node of CASE.
type Case struct {
	Term
	Whens []*Term // conditions and results by turns
	Else  *Term   // nil if there is none
}

// Shape implements [Node].
func (c *Case) Shape(s *Shape) {
	s.Kind("case")
	s.Terms(c.Whens)
	s.Term(c.Else)
}
