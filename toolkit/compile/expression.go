package compile

import (
	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/schema"
)

// expression writes an expression as the standard has it.
func (c *Compiler) expression(n expr.Node) (Level, bool) {
	switch n := n.(type) {
	case *expr.Column:
		c.column(n)
	case *expr.Value:
		if w := wrapperOf(n.Type); w != nil {
			return c.wrap(w, func() { c.Value(n) }), true
		}
		c.Value(n)
		return valueLevel(n.Type), true
	case *expr.Parameter:
		if w := wrapperOf(n.Type); w != nil {
			return c.wrap(w, func() { c.param(n, nil) }), true
		}
		c.param(n, nil)
		return valueLevel(n.Type), true
	case *expr.Constant:
		c.Text(n.Text)
	case *expr.Unary:
		return c.unary(n), true
	case *expr.Binary:
		return c.binary(n), true
	case *expr.Chain:
		return c.chain(n), true
	case *expr.Custom:
		c.custom(n)
	case *expr.Range:
		return c.between(n), true
	case *expr.Membership:
		return c.membership(n), true
	case *expr.Likeness:
		return c.likeness(n), true
	case *expr.Collation:
		return c.collation(n), true
	case *expr.RowNode:
		c.row(n)
	case *expr.Function:
		c.function(n)
	case *expr.Windowed:
		c.windowed(n)
	case *expr.Conversion:
		c.cast(n)
	case *expr.Case:
		c.caseOf(n)
	case *expr.Extraction:
		c.extraction(n)
	case *expr.Length:
		c.interval(n)
	case *expr.Element:
		c.element(n)
	case *expr.Field:
		c.field(n)
	case *expr.Labeled:
		return c.node(n.X.Node), true // its name is for the list of a SELECT
	case *expr.LabelRef:
		c.labelRef(n)
	case *expr.Star:
		c.star(n)
	case *expr.ScalarQuery:
		c.scalar(n)
	case *expr.Existence:
		c.Text("EXISTS ")
		c.Within("exists", -1, func() { c.Subquery(n.Query) })
	case *expr.Quantified:
		return c.quantified(n), true
	case *expr.TextExpr:
		c.node(&n.Text)
		return LevelLowest, true
	case *rawSQL:
		c.Text(n.text)
		return LevelLowest, true
	case *made:
		if w := wrapperOf(n.typ); w != nil {
			return c.wrap(w, func() { c.made(n) }), true
		}
		c.made(n)
	case *placed:
		n.write()
		return LevelUnary, true // as of a number with a sign
	case *expr.Fault:
		c.Fail(n.Err)
	default:
		return LevelAtom, false
	}
	return LevelAtom, true
}

// valueLevel is how tight the literal of a value binds: a number may have a sign, and -(-1) without parentheses would be
// a comment.
func valueLevel(t schema.Type) Level {
	switch t := t.(type) {
	case schema.Basic:
		if t > schema.Double || t == schema.Boolean {
			return LevelAtom
		}
	case schema.VarCharType, schema.CharType:
		return LevelAtom
	}
	return LevelUnary
}

// Operator gives the spelling of an operator in this dialect.
func (c *Compiler) Operator(op expr.Op) (Operator, bool) {
	if c.speller != nil {
		if o, ok := c.speller.Operator(op); ok {
			return o, true
		}
	}
	return standard(op)
}

// operator is Operator for one that the dialect must have.
func (c *Compiler) operator(op expr.Op) Operator {
	o, ok := c.Operator(op)
	if !ok {
		c.Fail(&UnsupportedError{Construct: "the operator " + string(op), Dialect: c.dialect.Name(), Instead: c.insteadOf(op)})
	}
	return o
}

// featureOf is what an operator belongs to; featureCount is nothing.
func featureOf(op expr.Op) Feature {
	switch op {
	case expr.OpBitAnd, expr.OpBitOr, expr.OpBitXor, expr.OpBitNot:
		return BitOperators
	case expr.OpShl, expr.OpShr:
		return Shifts
	case expr.OpQuo:
		return Quotients
	case expr.OpRegexp:
		return Regexps
	case expr.OpDistinct, expr.OpNotDistinct:
		return DistinctFroms
	}
	return featureCount
}

func (c *Compiler) insteadOf(op expr.Op) string {
	if f := featureOf(op); f != featureCount {
		_, instead := c.dialect.Supports(f)
		return instead
	}
	return ""
}

func (c *Compiler) unary(n *expr.Unary) Level {
	if n.Op == expr.OpNot {
		if opposite, ok := negated(n.X.Node); ok {
			return c.node(opposite)
		}
	}
	o := c.operator(n.Op)
	c.Text(o.Text)
	c.Operand(n.X, o.Right)
	return o.Level
}

// opposites are the operators that NOT turns around. IS DISTINCT is never NULL, as its opposite is not; the others are
// NULL where their opposites are.
var opposites = map[expr.Op]expr.Op{
	expr.OpEq: expr.OpNe, expr.OpNe: expr.OpEq,
	expr.OpLt: expr.OpGe, expr.OpGe: expr.OpLt, expr.OpGt: expr.OpLe, expr.OpLe: expr.OpGt,
	expr.OpIs: expr.OpIsNot, expr.OpIsNot: expr.OpIs,
	expr.OpDistinct: expr.OpNotDistinct, expr.OpNotDistinct: expr.OpDistinct,
}

// negated is the node of NOT n, if there is one without NOT.
func negated(n expr.Node) (expr.Node, bool) {
	switch n := n.(type) {
	case *expr.Binary:
		if op, ok := opposites[n.Op]; ok {
			return &expr.Binary{Term: n.Term, Op: op, L: n.L, R: n.R}, true
		}
	case *expr.Membership:
		not := *n
		not.Not = !n.Not
		return &not, true
	case *expr.Likeness:
		not := *n
		not.Not = !n.Not
		return &not, true
	case *expr.Range:
		not := *n
		not.Not = !n.Not
		return &not, true
	case *expr.Unary:
		if n.Op == expr.OpNot {
			return n.X.Node, true
		}
	}
	return nil, false
}

func (c *Compiler) binary(n *expr.Binary) Level {
	if f := featureOf(n.Op); f != featureCount && !c.Require(f) {
		return LevelAtom
	}
	if constant, ok := n.R.Node.(*expr.Constant); ok && constant.Text != "NULL" && (n.Op == expr.OpIs || n.Op == expr.OpIsNot) {
		c.Require(TruthTests)
	}
	o := c.operator(n.Op)
	c.Within(string(n.Op), 0, func() { c.Operand(n.L, o.Left) })
	c.Text(o.Text)
	c.Within(string(n.Op), 1, func() { c.Operand(n.R, o.Right) })
	return o.Level
}

func (c *Compiler) chain(n *expr.Chain) Level {
	terms, constant := c.fold(n)
	switch {
	case constant != "":
		c.Text(constant)
		return LevelAtom
	case len(terms) == 1:
		return c.node(terms[0].Node)
	}
	o := c.operator(n.Op)
	for i, t := range terms {
		if i > 0 {
			c.Text(o.Text)
		}
		c.Within(string(n.Op), i, func() { c.Operand(t, o.Right) })
	}
	return o.Level
}

// fold leaves out of AND and OR what does not decide: TRUE of AND, FALSE of OR. If some term decides alone, constant is
// that.
func (c *Compiler) fold(n *expr.Chain) (terms []*expr.Term, constant string) {
	var neutral, deciding string
	switch n.Op {
	case expr.OpAnd:
		neutral, deciding = "TRUE", "FALSE"
	case expr.OpOr:
		neutral, deciding = "FALSE", "TRUE"
	default:
		return n.Terms, ""
	}
	plain := true
	for _, t := range n.Terms {
		if constant, ok := t.Node.(*expr.Constant); ok && constant.Text == deciding {
			return nil, deciding
		} else if ok && constant.Text == neutral {
			plain = false
		}
	}
	if plain {
		return n.Terms, ""
	}
	for _, t := range n.Terms {
		if constant, ok := t.Node.(*expr.Constant); !ok || constant.Text != neutral {
			terms = append(terms, t)
		}
	}
	if len(terms) == 0 {
		return nil, neutral
	}
	return terms, ""
}

func (c *Compiler) custom(n *expr.Custom) {
	c.Text("(")
	c.Operand(n.L, LevelAtom)
	c.Text(" " + n.Op + " ")
	c.Operand(n.R, LevelAtom)
	c.Text(")")
}

func (c *Compiler) between(n *expr.Range) Level {
	op := expr.OpBetween
	if n.Not {
		op = expr.OpNotBetween
	}
	o := c.operator(op)
	c.Within("between", 0, func() { c.Operand(n.X, o.Left) })
	c.Text(o.Text)
	c.Within("between", 1, func() { c.Operand(n.Low, o.Right) })
	c.Text(" AND ")
	c.Within("between", 2, func() { c.Operand(n.High, o.Right) })
	return o.Level
}

func (c *Compiler) membership(n *expr.Membership) Level {
	op := expr.OpIn
	if n.Not {
		op = expr.OpNotIn
	}
	if n.Empty() {
		return c.nowhere(n.Not)
	}
	o := c.operator(op)
	if _, tuple := n.X.Node.(*expr.RowNode); tuple && !c.Require(TupleComparisons) {
		return o.Level
	}
	c.Within("in", -1, func() {
		c.Operand(n.X, o.Left)
		c.Text(o.Text)
		switch {
		case n.Query != nil:
			c.Subquery(n.Query)
		case n.Values != nil:
			c.Text("(")
			c.ValueList(n.Values)
			c.Text(")")
		case n.Param != nil:
			c.Text("(")
			c.ParamList(n.Param)
			c.Text(")")
		default:
			c.Text("(")
			c.Terms(n.Terms)
			c.Text(")")
		}
	})
	return o.Level
}

func (c *Compiler) quantified(n *expr.Quantified) Level {
	o := c.operator(n.Op)
	if !c.Require(Quantifiers) {
		return o.Level
	}
	of := "ANY "
	if n.All {
		of = "ALL "
	}
	c.Within(string(n.Op), 0, func() { c.Operand(n.X, o.Left) })
	c.Text(o.Text)
	c.Text(of)
	c.Within(string(n.Op), 1, func() { c.Subquery(n.Query) })
	return o.Level
}

// nowhere writes what IN of nothing is: false, and its opposite, true, also for NULL.
func (c *Compiler) nowhere(not bool) Level {
	one, other := 1, 0
	if not {
		other = 1
	}
	eq := c.operator(expr.OpEq)
	c.Literal(int64(one), nil)
	c.Text(eq.Text)
	c.Literal(int64(other), nil)
	return eq.Level
}

func (c *Compiler) collation(n *expr.Collation) Level {
	c.Require(Collations)
	c.Operand(n.X, LevelUnary)
	c.Text(" COLLATE ")
	c.Ident(n.Name)
	return LevelUnary
}

func (c *Compiler) row(n *expr.RowNode) {
	c.Text("(")
	c.Terms(n.Terms)
	c.Text(")")
}

func (c *Compiler) cast(n *expr.Conversion) {
	c.Text("CAST(")
	c.Term(n.X)
	c.Text(" AS ")
	c.Type(n.Term.Type)
	c.Text(")")
}

func (c *Compiler) caseOf(n *expr.Case) {
	c.Text("CASE")
	if n.X != nil {
		c.Text(" ")
		c.Term(n.X)
	}
	for i := 0; i+1 < len(n.Whens); i += 2 {
		c.Within("case", i/2, func() {
			c.Text(" WHEN ")
			c.Term(n.Whens[i])
			c.Text(" THEN ")
			c.Term(n.Whens[i+1])
		})
	}
	if n.Else != nil {
		c.Text(" ELSE ")
		c.Term(n.Else)
	}
	c.Text(" END")
}

func (c *Compiler) extraction(n *expr.Extraction) {
	c.Text("EXTRACT(")
	c.Word(string(n.Unit))
	c.Text(" FROM ")
	c.Term(n.X)
	c.Text(")")
}

func (c *Compiler) interval(n *expr.Length) {
	if !c.Require(Intervals) {
		return
	}
	c.Text("INTERVAL '")
	c.Text(itoa(n.N))
	c.Text("' ")
	c.Word(string(n.Unit))
}

func (c *Compiler) element(n *expr.Element) {
	if !c.Require(Arrays) {
		return
	}
	c.Operand(n.X, LevelAtom)
	c.Text("[")
	c.Term(n.Index)
	c.Text("]")
}

func (c *Compiler) field(n *expr.Field) {
	if !c.Require(Structs) {
		return
	}
	c.Operand(n.X, LevelAtom)
	c.Text(".")
	c.Ident(n.Name)
}
