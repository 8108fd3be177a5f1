package dialect

import (
	"slices"

	"github.com/skep-go/skep/toolkit/compile"
	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/schema"
)

// Output is a column that a script of [Transform] prints.
type Output struct {
	Name string
	Type schema.Type
}

// Transform sends the rows of a query through a command, such as "python3 score.py", and reads what that prints:
// SELECT TRANSFORM(…) USING 'command' AS (…). Columns come to it, and from it, as texts between tabs.
func Transform(q expr.SelectStmt, command, alias string, columns ...Output) *expr.Source {
	list := make([]column, len(columns))
	for i, o := range columns {
		list[i] = column{o.Name, o.Type}
	}
	return sourceOf(&transformed{q, command, slices.Clone(columns)}, alias, list)
}

// transformed is the node of what a command prints.
type transformed struct {
	input   expr.SelectStmt
	command string
	columns []Output
}

// Shape implements [expr.Node].
func (n *transformed) Shape(s *expr.Shape) {
	s.Kind("dialect.transformed")
	n.output().shape(s)
	s.Node(&n.input)
}

// query is the input with the call of the command for its columns.
func (n *transformed) query() *expr.SelectStmt {
	q := n.input
	q.Items = []*expr.Term{expr.New[expr.Any](n.output(), nil).Term}
	return &q
}

func (n *transformed) output() *transform { return &transform{n.input.Items, n.command, n.columns} }

// transform is the node of the call.
type transform struct {
	args    []*expr.Term
	command string
	columns []Output
}

// Shape implements [expr.Node].
func (n *transform) Shape(s *expr.Shape) {
	s.Kind("dialect.transform")
	s.Terms(n.args)
	n.shape(s)
}

func (n *transform) shape(s *expr.Shape) {
	s.Text(n.command)
	s.Int(len(n.columns))
	for _, o := range n.columns {
		s.Text(o.Name)
		s.Type(o.Type)
	}
}

func (n *transform) compile(c *compile.Compiler) {
	if len(n.columns) == 0 || len(n.args) == 0 {
		c.Refuse("TRANSFORM needs columns that go to the command, and columns that come from it")
	}
	c.Text("TRANSFORM(")
	c.Terms(n.args)
	c.Text(") USING ")
	c.Literal(n.command, schema.String)
	c.Text(" AS (")
	for i, o := range n.columns {
		if i > 0 {
			c.Text(", ")
		}
		c.Ident(o.Name)
		c.Text(" ")
		c.Type(o.Type)
	}
	c.Text(")")
}
