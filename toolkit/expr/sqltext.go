package expr

import (
	"slices"

	"github.com/skep-go/skep/toolkit/schema"
)

// TextStmt is SQL as text, with values by name. Its methods give changed copies. It is a statement, and a [Query] that
// gives the columns of Columns.
type TextStmt struct {
	SQL    string
	Args   []Arg
	output []*Term

	readOnly bool // not part of the structure: it does not decide about the text
}

// Arg is a value of a [TextStmt] by its name. See [P].
type Arg struct {
	Name string
	X    *Term
}

func (a Arg) shape(s *Shape) {
	s.Text(a.Name)
	s.Term(a.X)
}

// P gives a value, or an expression, for :name in a [Text]. A slice is a list: IN :name and IN (:name) are the same.
func P(name string, v any) Arg {
	if e, ok := v.(Expr); ok {
		return Arg{name, e.term()}
	}
	return Arg{name, newValue(v, nil)}
}

// Text is SQL as it is, but for the values of its parameters: Text("SELECT … WHERE month = :month", P("month", 6)).
//
// A colon and a name is a parameter, unless it stands in a string, a quoted name or a comment, or right behind a letter,
// a digit, a quote or another colon. \: is a colon. A parameter without a P is given when the statement is executed. A P
// without a parameter is an error of the statement.
//
// The text must not come from outside the program.
func Text(sql string, args ...Arg) TextStmt {
	return TextStmt{SQL: sql, Args: slices.Clone(args)}
}

// TextOf is [Text] as an expression of kind E.
func TextOf[E Kind[E]](sql string, args ...Arg) E {
	x := &TextExpr{Text: Text(sql, args...)}
	return kind[E](x.is(x, kindType[E]()))
}

// TextExpr is the node of a text that is an expression.
type TextExpr struct {
	Term
	Text TextStmt
}

// Shape implements [Node].
func (x *TextExpr) Shape(s *Shape) {
	s.Kind("textof")
	s.Type(x.Type)
	s.Node(&x.Text)
}

// Bind adds values for parameters.
func (t TextStmt) Bind(args ...Arg) TextStmt {
	t.Args = append(slices.Clip(t.Args), args...)
	return t
}

// Columns tells the columns that the text gives, in their order:
//
//	expr.Text("SELECT carrier, n FROM busiest").Columns(schema.Col("carrier", schema.String), schema.Col("n", schema.BigInt))
func (t TextStmt) Columns(columns ...*schema.Column) TextStmt {
	src := &Source{Node: &TextSource{Text: t}}
	t.output = nil
	for _, c := range columns {
		t.output = append(t.output, newColumn(src, c.Name, c.Type, nil))
	}
	return t
}

// Subquery makes the text, a query, something to read from. See [Subquery].
func (t TextStmt) Subquery(alias string) *Source { return Subquery(t, alias) }

// CTE gives the text, a query, a name. See [CTE].
func (t TextStmt) CTE(name string) *Source { return CTE(name, t) }

// As makes the text something to read from as it is, without parentheses: a table, or a function of one. Its columns
// are those of Columns; without them every name is accepted.
func (t TextStmt) As(alias string) *Source {
	s := &Source{Node: &TextSource{Text: t}, Name: alias}
	for _, c := range t.output {
		s.Columns = append(s.Columns, newColumn(s, nameOf(c), c.Type, nil))
	}
	return s
}

// TextSource is the node of a text in FROM.
type TextSource struct{ Text TextStmt }

// Shape implements [Node].
func (t *TextSource) Shape(s *Shape) {
	s.Kind("textfrom")
	s.Node(&t.Text)
}

// Shape implements [Node].
func (t TextStmt) Shape(s *Shape) {
	s.Kind("text")
	s.Text(t.SQL)
	shapes(s, t.Args)
	s.Int(len(t.output))
	for _, c := range t.output {
		s.Text(nameOf(c))
		s.Type(c.Type)
	}
}

func (t TextStmt) queryNode() Node { return &t }

func (t TextStmt) outputs() []*Term { return t.output }
