package dialect

import (
	"slices"

	"github.com/skep-go/skep/toolkit/compile"
	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/schema"
)

// writeInserted writes the rows or the query of an INSERT.
func (d *Hive) writeInserted(c *compile.Compiler, f filling) {
	switch {
	case f.Query != nil:
		c.Node(f.Query)
	case d.asQuery(f):
		d.writeRows(c, f, "SELECT ", " UNION ALL SELECT ", "")
	default:
		d.writeRows(c, f, "VALUES (", "), (", ")")
	}
}

// asQuery reports whether the rows have to be written as a query. VALUES of Hive 2 takes only some literals, and cuts a
// string at a control character; nested and binary values have no literals in any version.
func (d *Hive) asQuery(f filling) bool {
	return d.version == Hive23 || slices.ContainsFunc(f.Columns, func(t *expr.Term) bool {
		return t.Type == schema.Binary || isNested(t.Type)
	})
}

func (d *Hive) writeRows(c *compile.Compiler, f filling, first, between, last string) {
	c.Text(first)
	for i, row := range f.Rows {
		if i > 0 {
			c.Text(between)
		}
		c.Within("row", i, func() {
			for j, t := range row {
				if j > 0 {
					c.Text(", ")
				}
				d.writeValue(c, t, f, j)
			}
		})
	}
	c.Text(last)
}

func (d *Hive) writeValue(c *compile.Compiler, t *expr.Term, f filling, column int) {
	if hasQuery(t) && d.version != Spark35 {
		d.refuse(c, "a query as a value of a row", "insert what a query gives with FromSelect")
		return
	}
	if v, ok := t.Node.(*expr.Value); ok && column < len(f.Columns) && isNested(f.Columns[column].Type) {
		nested := f.Columns[column].Type
		c.ValueAs(v, func(v any) (any, error) { return d.exactly(v, nested) })
		return
	}
	c.Term(t)
}

// nullOf is NULL for a column of a type.
func nullOf(t schema.Type) *expr.Term {
	v := &expr.Value{}
	v.Term = expr.Term{Node: v, Type: t}
	if isNested(t) {
		return expr.New[expr.Any](&typedNull{t}, t).Term
	}
	return &v.Term
}

// typedNull is the node of NULL of a nested type, for which NULL alone will not do.
type typedNull struct{ typ schema.Type }

// Shape implements [expr.Node].
func (n *typedNull) Shape(s *expr.Shape) {
	s.Kind("dialect.null")
	s.Type(n.typ)
}

func (n *typedNull) compile(c *compile.Compiler, d *Hive) {
	text, err := d.exactly(nil, n.typ)
	if err != nil {
		c.Fail(err)
		return
	}
	c.Text(string(text))
}
